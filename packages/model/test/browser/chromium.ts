import { type Browser, chromium, type Page } from 'playwright-core'
import t from 'tap'
import { findChromium } from './find-chromium.ts'
import { serveSources } from './serve-sources.ts'
import { runTrial, type Trial } from './trial.ts'

/*
 * Trains and predicts in Chromium, by the modules as they are, and compares forests and answers with Node's to the last
 * bit. Run by `pnpm test:browser`.
 */

interface Way {
  readonly name: string
  readonly page: 'isolated' | 'plain'
  /** What V8 is told. */
  readonly flags?: string
  readonly hideWebAssembly?: boolean
  readonly expected: Pick<Trial, 'kernels' | 'sharedMemory'>
}

const WAYS: readonly Way[] = [
  { name: 'with shared memory', page: 'isolated', expected: { kernels: true, sharedMemory: true } },
  { name: 'without shared memory', page: 'plain', expected: { kernels: true, sharedMemory: false } },
  {
    name: 'without WebAssembly SIMD',
    page: 'isolated',
    flags: '--no-enable-sse4-1 --no-enable-avx',
    expected: { kernels: false, sharedMemory: true },
  },
  {
    name: 'without WebAssembly and shared memory',
    page: 'plain',
    hideWebAssembly: true,
    expected: { kernels: false, sharedMemory: false },
  },
]

const executablePath = findChromium()
const noChromium = executablePath === undefined && 'there is no Chromium on this machine'
const sources = await serveSources()
t.teardown(() => sources.close())
const ofNode = runTrial()

for (const way of WAYS) {
  const noFlags = way.flags !== undefined && process.arch !== 'x64' && 'only x64 can be told to do without SIMD'
  t.test(way.name, { skip: noChromium || noFlags }, async (t) => {
    const browser = await chromium.launch({
      executablePath: executablePath as string,
      args: way.flags ? [`--js-flags=${way.flags}`] : [],
    })
    t.teardown(() => browser.close())
    const found = await trialOf(browser, way)
    t.match(found, way.expected, 'the platform is what it should be')
    const { answers } = await ofNode
    t.equal(found.answers.length, answers.length)
    for (const [i, answer] of found.answers.entries()) {
      for (const part of ['forest', 'answers', 'signals', 'leaves'] as const) {
        t.ok(answer[part] === answers[i][part], `${answer.name}: ${part} as in Node`)
      }
    }
  })
}

async function trialOf(browser: Browser, { page: path, hideWebAssembly }: Way): Promise<Trial> {
  const page = await browser.newPage()
  const wrong: string[] = []
  page.on('pageerror', (error) => wrong.push(error.message))
  await page.goto(`${sources.origin}/${path}`)
  if (hideWebAssembly) await page.evaluate("Reflect.deleteProperty(globalThis, 'WebAssembly')")
  const trial = await evaluateTrial(page)
  if (wrong.length > 0) throw new Error(`The page reports: ${wrong.join('; ')}`)
  return trial
}

/** As text, because the page knows no types. */
function evaluateTrial(page: Page): Promise<Trial> {
  return page.evaluate("import('/test/browser/trial.ts').then(({ runTrial }) => runTrial())")
}
