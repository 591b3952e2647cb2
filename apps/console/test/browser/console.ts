import { hash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { findChromium } from '../../../../packages/model/test/browser/find-chromium.ts'
import { buildConsole } from '../../scripts/build-console.ts'
import { type Service, startService, train } from './service.ts'
import { churn, gems, HOSTILE } from './tables.ts'
import { sendFlowers } from './traffic.ts'

/*
 * The page in Chromium, before a real service with real models and real traffic. Run by `pnpm test:browser`.
 */

const executablePath = findChromium()
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const VIEWS = ['predict', 'model', 'traffic', 'drift', 'quality']
/** Long enough for a loaded machine; what is waited for comes at once on an idle one. */
const PATIENCE_MS = 60_000

t.test('the page', { skip: executablePath === undefined && 'there is no Chromium on this machine' }, async (t) => {
  const directory = t.testdir({ data: {} })
  const home = join(directory, 'home')
  const page = join(directory, 'page')
  for (const [name, table] of Object.entries({ churn: churn(), gems: gems() })) {
    writeFileSync(join(directory, `data/${name}.csv`), table)
  }
  await buildConsole(page)
  await train([], home)
  await train(['--data', join(directory, 'data/churn.csv'), '--target', 'churned', '--trees', '20'], home)
  await train(['--data', join(directory, 'data/gems.csv'), '--target', 'price', '--trees', '20'], home)
  const env = { COPSE_HOME: home, COPSE_CONSOLE: page, COPSE_DRIFT_INTERVAL: '500ms' }
  const service = await startService({
    ...env,
    COPSE_MODEL: 'models:/iris@champion,models:/churn@champion,models:/gems@champion',
  })
  t.teardown(() => service.stop())
  const browser = await chromium.launch({
    executablePath: executablePath as string,
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  })
  t.teardown(() => browser.close())

  await t.test('loads, predicts and moves with a slider, by keyboard alone', async (t) => {
    const { tab, faults } = await open(t, browser, service)
    await says(tab, '.verdict', 'setosa')
    t.equal(await tab.locator('.bars li').count(), 3)
    const slider = tab.getByRole('slider', { name: 'petal_length, slider' })
    await slider.focus()
    await tab.keyboard.press('End')
    const width = tab.getByRole('slider', { name: 'petal_width, slider' })
    await width.focus()
    await tab.keyboard.press('End')
    await says(tab, '.verdict', 'virginica')
    t.equal(await tab.getByLabel('petal_length', { exact: true }).inputValue(), '6.9')
    t.equal(await slider.getAttribute('aria-valuetext'), '6.9')
    await says(tab, 'figcaption', 'What petal_width changes')
    t.equal(await tab.locator('.curve .copse-chart path.line').count(), 7, 'three curves, their keys and the mark')

    await tab
      .getByRole('button', { name: /^versicolor/ })
      .first()
      .click()
    await says(tab, '.verdict', 'versicolor')
    t.strictSame(faults, [])
  })

  await t.test('takes what is outside of training, and says what cannot be taken', async (t) => {
    const { tab, faults } = await open(t, browser, service)
    await says(tab, '.verdict', 'setosa')
    const field = tab.getByLabel('petal_length', { exact: true })
    await field.fill('50')
    await says(tab, '.field .note', 'outside of training, 1 to 6.9')
    await field.fill('')
    await says(tab, '.field .problem', 'A value is needed')
    t.equal(await field.getAttribute('aria-invalid'), 'true')
    await says(tab, '.took', 'Of the values before', false)
    await field.fill('abc')
    await says(tab, '.field .problem', 'A number is needed.')
    await field.fill('1.4')
    await says(tab, '.verdict', 'setosa')
    t.equal(await tab.locator('.problem').count(), 0)
    t.strictSame(faults, [])
  })

  await t.test('a skip link, then everything in order, and each view says where one is', async (t) => {
    const { tab } = await open(t, browser, service)
    await says(tab, '.verdict', 'setosa')
    await tab.keyboard.press('Tab')
    t.equal(await focused(tab), 'Skip to the content')
    await tab.keyboard.press('Enter')
    t.equal(await tab.evaluate('document.activeElement.id'), 'main')
    for (const view of VIEWS) {
      const link = tab.locator(`nav a[href="#${view}"]`)
      await link.focus()
      await tab.keyboard.press('Enter')
      await tab.locator('h1:focus').waitFor({ timeout: PATIENCE_MS })
      t.equal(await link.getAttribute('aria-current'), 'page')
      t.equal(await tab.locator('h1').count(), 1)
    }
  })

  await t.test('names of the model are texts and nothing else, in every view', async (t) => {
    const { tab, faults } = await open(t, browser, service)
    await tab.getByRole('combobox', { name: 'Model', exact: true }).selectOption({ index: 1 })
    await says(tab, 'h1', 'Predict churned')
    await tab.getByRole('button', { name: 'All 30 features' }).click()
    await says(tab, '.field label', HOSTILE.feature)
    await says(tab, '.field label', HOSTILE.odd)
    t.equal(await tab.locator('.field').count(), 30)
    await tab.getByLabel(HOSTILE.category, { exact: true }).selectOption(HOSTILE.level)
    await says(tab, 'figcaption', `What ${HOSTILE.category} changes`)
    for (const view of VIEWS) {
      await tab.goto(`${service.url}/#${view}`)
      await tab.waitForTimeout(300)
    }
    await tab.goto(`${service.url}/#model`)
    await says(tab, '.article summary', 'The model card')
    await tab.locator('.article summary').click()
    await says(tab, '.article', HOSTILE.feature)
    t.equal(await tab.evaluate('window.broken'), undefined)
    t.equal(await tab.locator('main img, main b, main script').count(), 0)
    t.strictSame(faults, [])
  })

  await t.test('a model of numbers answers a number', async (t) => {
    const { tab, faults } = await open(t, browser, service)
    await tab.getByRole('combobox', { name: 'Model', exact: true }).selectOption({ index: 2 })
    await says(tab, 'h1', 'Predict price')
    await says(tab, '.verdict', 'price')
    const before = await tab.locator('.verdict output').textContent()
    await tab.getByRole('slider', { name: 'carat, slider' }).focus()
    await tab.keyboard.press('End')
    await tab
      .locator('.verdict output')
      .filter({ hasNotText: before ?? '' })
      .waitFor({ timeout: PATIENCE_MS })
    t.strictSame(faults, [])
  })

  await t.test('the answer to what is there now is shown, however slow the one before', async (t) => {
    const { tab } = await open(t, browser, service)
    await says(tab, '.verdict', 'setosa')
    let asked = 0
    await tab.route('**/model/try', async (route) => {
      if (asked++ === 0) await new Promise((late) => setTimeout(late, 3000))
      await route.continue().catch(() => {})
    })
    const slider = tab.getByRole('slider', { name: 'petal_width, slider' })
    await slider.focus()
    await tab.keyboard.press('PageUp')
    await tab.waitForTimeout(1200)
    await tab
      .getByRole('button', { name: /^virginica/ })
      .first()
      .click()
    await says(tab, '.verdict', 'virginica')
    await tab.waitForTimeout(2500)
    t.match(await tab.locator('.verdict').textContent(), 'virginica')
  })

  await t.test('trying is no traffic; traffic, drift and labels are shown', async (t) => {
    const { tab, faults } = await open(t, browser, service, '#drift')
    await says(tab, '.lead', '0 rows in the last hour')
    await sendFlowers(service.url, 300, { shift: 1.5, labels: true })
    await says(tab, 'h1', 'Drift')
    await tab.locator('nav .badge.drift').waitFor({ timeout: PATIENCE_MS })
    const first = tab.locator('.series').first()
    t.match(await first.textContent(), 'sepal_length')
    t.match(await first.textContent(), 'Differs from training')
    t.equal(await first.locator('.copse-chart rect.f0').count(), 11, 'ten bins of now, and their key')
    await says(tab, '.lead', '300 rows in the last hour: drift in sepal_length')

    await tab.goto(`${service.url}/#traffic`)
    await says(tab, '.tile', 'Requests')
    await says(tab, 'figcaption', 'Latency')
    await tab.locator('.copse-chart path.line').first().waitFor({ state: 'attached', timeout: PATIENCE_MS })
    await tab.goto(`${service.url}/#quality`)
    await says(tab, '.tile', 'Accuracy')
    await says(tab, '.lead', '300 predictions')
    await says(tab, 'figcaption', 'Accuracy over time')
    t.strictSame(faults, [])
  })

  await t.test('axe finds nothing to mend, in light and wide, in dark and narrow', async (t) => {
    const looks = [
      { colorScheme: 'light', viewport: { width: 1280, height: 800 } },
      { colorScheme: 'dark', viewport: { width: 360, height: 800 } },
    ] as const
    for (const look of looks) {
      // Only axe needs more than the page's policy allows.
      const context = await browser.newContext({ bypassCSP: true, ...look })
      const tab = await context.newPage()
      for (const view of VIEWS) {
        await tab.goto(`${service.url}/#${view}`)
        await tab.reload()
        await settled(tab)
        t.strictSame(await violations(tab), [], `${view}, ${look.colorScheme}`)
      }
      await context.close()
    }
  })

  await t.test('at 360 pixels nothing stands over the edge', async (t) => {
    const { tab } = await open(t, browser, service, '', { viewport: { width: 360, height: 740 } })
    for (const view of VIEWS) {
      await tab.goto(`${service.url}/#${view}`)
      await settled(tab)
      t.equal(await tab.evaluate('document.documentElement.scrollWidth'), 360, view)
    }
  })

  await t.test('dark follows the system, and the switch', async (t) => {
    const { tab } = await open(t, browser, service, '', { colorScheme: 'dark' })
    const paper = () => tab.evaluate("getComputedStyle(document.querySelector('.card')).backgroundColor")
    await says(tab, '.verdict', 'setosa')
    t.equal(await paper(), 'rgb(18, 23, 29)')
    const button = tab.getByRole('button', { name: /^Colours/ })
    await button.click()
    await button.click()
    await says(tab, 'button', 'light')
    t.equal(await paper(), 'rgb(255, 255, 255)')
    await tab.reload()
    await says(tab, '.verdict', 'setosa')
    t.equal(await paper(), 'rgb(255, 255, 255)', 'it is remembered')
  })

  await t.test('survives the service going away, and sees it come back', async (t) => {
    const port = new URL((await startThenStop(env)).url).port
    const own = { ...env, COPSE_PORT: port }
    let mortal = await startService(own)
    t.teardown(() => mortal.stop())
    const { tab } = await open(t, browser, mortal)
    await says(tab, '.verdict', 'setosa')
    await mortal.stop('SIGKILL')
    await tab.getByRole('slider', { name: 'petal_length, slider' }).focus()
    await tab.keyboard.press('End')
    await says(tab, '.banner', 'The service does not answer.')
    await says(tab, '[role=status]', 'The service does not answer.')
    t.match(await tab.locator('.verdict').textContent(), 'setosa', 'what it said last stays')
    mortal = await startService(own)
    await tab.locator('.banner').waitFor({ state: 'detached', timeout: PATIENCE_MS })
    await tab
      .getByRole('button', { name: /^virginica/ })
      .first()
      .click()
    await says(tab, '.verdict', 'virginica')
  })

  await t.test('asks for a key where keys are on, and keeps it for the tab', async (t) => {
    const keys = join(directory, 'keys')
    writeFileSync(keys, `ann predict sha256:${hash('sha256', 'secret')}\n`)
    const locked = await startService({ ...env, COPSE_API_KEYS_FILE: keys })
    t.teardown(() => locked.stop())
    const { tab, faults } = await open(t, browser, locked)
    await says(tab, 'h1', 'A key is needed')
    await tab.locator('#key:focus').waitFor({ timeout: PATIENCE_MS })
    await tab.keyboard.type('wrong')
    await tab.keyboard.press('Enter')
    await says(tab, '#why', 'The key is not known here.')
    await tab.getByLabel('Key', { exact: true }).fill('secret')
    await tab.keyboard.press('Enter')
    await says(tab, '.verdict', 'setosa')
    await tab.reload()
    await says(tab, '.verdict', 'setosa')
    const other = await tab.context().newPage()
    await other.goto(locked.url)
    await says(other, 'h1', 'A key is needed')
    await tab.getByRole('button', { name: 'Forget the key' }).click()
    await says(tab, 'h1', 'A key is needed')
    t.strictSame(
      faults.filter((fault) => !fault.includes('401')),
      [],
    )
  })
})

interface Opened {
  readonly tab: Page
  /** What should never be: broken policies, errors, requests elsewhere. */
  readonly faults: string[]
}

async function open(
  t: Test,
  browser: Browser,
  { url }: Service,
  hashOf = '',
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<Opened> {
  const context: BrowserContext = await browser.newContext(options)
  t.teardown(() => context.close())
  const tab = await context.newPage()
  const faults: string[] = []
  tab.on('pageerror', (error) => faults.push(error.message))
  // What the service refuses is shown by the page, and told by the browser in its own console too.
  tab.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  tab.on('request', (request) => {
    if (!request.url().startsWith(`${url}/`)) faults.push(`a request to ${request.url()}`)
  })
  await tab.goto(`${url}/${hashOf}`)
  return { tab, faults }
}

/** Waits until one of the elements says it. */
async function says(tab: Page, selector: string, text: string, needed = true): Promise<void> {
  const found = tab.locator(selector).filter({ hasText: text }).first()
  await found.waitFor({ state: needed ? 'visible' : 'attached', timeout: PATIENCE_MS })
}

/** Waits until nothing is asked for any more. */
async function settled(tab: Page): Promise<void> {
  await tab.locator('h1').waitFor({ timeout: PATIENCE_MS })
  await tab.waitForLoadState('networkidle')
  await tab.waitForTimeout(200)
}

function focused(tab: Page): Promise<unknown> {
  return tab.evaluate('document.activeElement?.textContent')
}

async function violations(tab: Page): Promise<string[]> {
  await tab.evaluate(axe)
  const found = await tab.evaluate(
    "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))",
  )
  return found as string[]
}

/** A service that was there, so that its port is free. */
async function startThenStop(env: Readonly<Record<string, string>>): Promise<Service> {
  const service = await startService(env)
  await service.stop()
  return service
}
