import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { findChromium } from '../../../packages/model/test/browser/find-chromium.ts'
import { startService, train } from '../test/browser/service.ts'
import { gems } from '../test/browser/tables.ts'
import { sendFlowers } from '../test/browser/traffic.ts'
import { buildConsole } from './build-console.ts'

/** Photographs the page for README and docs: a real service with Iris and a table of gems, and traffic that has drifted. */
const IMAGES = fileURLToPath(new URL('../../../docs/images/', import.meta.url))

interface Shot {
  readonly name: string
  readonly view: string
  readonly scheme: 'light' | 'dark'
  readonly width: number
  readonly height: number
  /** Place of the model in the picker. */
  readonly model?: number
}

const SHOTS: readonly Shot[] = [
  { name: 'predict', view: 'predict', scheme: 'light', width: 1120, height: 860 },
  { name: 'predict-phone', view: 'predict', scheme: 'dark', width: 360, height: 740 },
  { name: 'predict-number', view: 'predict', scheme: 'dark', width: 1120, height: 860, model: 1 },
  { name: 'model', view: 'model', scheme: 'light', width: 1120, height: 900 },
  { name: 'drift', view: 'drift', scheme: 'light', width: 1120, height: 900 },
  { name: 'traffic', view: 'traffic', scheme: 'dark', width: 1120, height: 700 },
  { name: 'quality', view: 'quality', scheme: 'light', width: 1120, height: 760 },
]

const directory = await mkdtemp(join(tmpdir(), 'copse-screenshots-'))
try {
  const home = join(directory, 'home')
  const page = join(directory, 'page')
  await writeFile(join(directory, 'gems.csv'), gems(2000))
  await buildConsole(page)
  await train([], home)
  await train(['--data', join(directory, 'gems.csv'), '--target', 'price'], home)
  const service = await startService({
    COPSE_HOME: home,
    COPSE_CONSOLE: page,
    COPSE_MODEL: 'models:/iris@champion,models:/gems@champion',
    COPSE_DRIFT_INTERVAL: '1s',
  })
  const executablePath = findChromium()
  if (executablePath === undefined) throw new Error('There is no Chromium on this machine.')
  const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
  try {
    await sendFlowers(service.url, 300, { labels: true })
    await sendFlowers(service.url, 400, { shift: 0.9, labels: true, seed: 2 })
    const traffic = keepSending(service.url)
    // A minute, so that there is more to see than one peak, and the checks of drift agree.
    await sleep(60_000)
    await mkdir(IMAGES, { recursive: true })
    for (const { name, view, scheme, width, height, model = 0 } of SHOTS) {
      const tab = await browser.newPage({ viewport: { width, height }, colorScheme: scheme })
      await tab.goto(`${service.url}/#${view}`)
      await tab.locator('.model').waitFor()
      if (model > 0) await tab.getByRole('combobox', { name: 'Model', exact: true }).selectOption({ index: model })
      await tab.waitForLoadState('networkidle')
      await tab.waitForTimeout(1500)
      await tab.screenshot({ path: `${IMAGES}console-${name}.png` })
      await tab.close()
    }
    await traffic.stop()
  } finally {
    await browser.close()
    await service.stop()
  }
} finally {
  await rm(directory, { recursive: true, force: true })
}

/** Sends some shifted flowers a second, now more, now fewer. */
function keepSending(url: string) {
  let stopped = false
  const done = (async () => {
    for (let second = 0; !stopped; second++) {
      await sendFlowers(url, 12 + Math.round(8 * Math.sin(second / 5)), { shift: 0.9, labels: true, seed: 3 + second })
      await sleep(1000)
    }
  })()
  return {
    async stop() {
      stopped = true
      await done
    },
  }
}
