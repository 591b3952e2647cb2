import { iris, type Signature } from '@copse/dataset'
import t from 'tap'
import { runDemo } from '../src/demo.ts'
import { listen, type Request, refusal, serve, type Twist } from './service.ts'

const diamonds: Signature = {
  features: [
    { name: 'carat', type: 'number', missing: false, min: 0.2, max: 2.2 },
    { name: 'cut', type: 'category', missing: true, levels: ['Fair', 'Good'] },
  ],
  target: { name: 'price', type: 'number' },
}

async function show(t: Parameters<typeof serve>[0], twist?: Twist, signature: Signature = iris().signature) {
  const url = await serve(t, { signature, ...(twist ? { twist } : {}) })
  const { report, text } = listen()
  return { sound: await runDemo({ url, seconds: 0.2, apiKey: undefined }, report), text: text() }
}

t.test('a sound service is shown from health to model, in 80 columns', async (t) => {
  const { sound, text } = await show(t)
  t.equal(sound, true)
  for (const part of [
    /^Copse at http:\/\/127\.0\.0\.1:\d+\/\n\nHealth \(GET \/health\)\n {2}200 ok, serves iris version 3\n/,
    /Six Iris samples \(POST \/predict\)\n {2}Features in order: sepal_length, sepal_width, petal_length, petal_width\.\n/,
    / features +truth +answer +confidence\n {2}5\.4, 3\.7, 1\.5, 0\.2 {3}setosa +setosa +75\.0%\n/,
    /2 of 6 answers are the truth\./,
    /one value too few {4}400 API_ERR_VALUE\n {2}A value must be a number\. \(\/features\/0\)\n/,
    /true as a value {6}400 API_ERR_VALUE\n/,
    /an unknown feature {3}400 API_ERR_VALUE\n/,
    /Load \(POST \/predict, 10 connections, 0\.2 s\)\n {2}requests {3}[\d,]+ a second\n {2}latency {4}p50 [\d.]+ ms, p99 /,
    /[\d,]+ good, 0 failed/,
    /answers +species: one of setosa, versicolor, virginica\n/,
    /parameters +nEstimators 100, classWeight \{"a":2\}\n/,
    /training +120 rows, 100 trees, out-of-bag score 0\.95, accuracy 0\.9666\n/,
    /run +run-7\n/,
    /All is as it should be\.\n$/,
  ]) {
    t.match(text, part)
  }
  t.notOk(text.split('\n').some((line) => line.length > 80))
})

t.test('a model of something else gets samples from its own signature', async (t) => {
  const asked: unknown[] = []
  const { sound, text } = await show(
    t,
    ({ body }) => {
      if (asked.length < 6 && body) asked.push(body)
      return undefined
    },
    diamonds,
  )
  t.equal(sound, true)
  t.match(text.replace(/\s+/g, ' '), "The demo's own samples are Iris' and the service serves iris: these come from")
  t.match(text, / features +answer\n {2}0\.2, Fair +4123\.5\n/)
  t.strictSame(asked.slice(0, 2), [{ features: [0.2, 'Fair'] }, { features: [0.6, 'Good'] }])
})

const at = (path: string, reply: ReturnType<Twist>): Twist => {
  return (request: Request) => (request.path === path ? reply : undefined)
}

t.test('a service that is not ready is off, and nothing more is asked', async (t) => {
  const asked: string[] = []
  const { sound, text } = await show(t, ({ path }) => {
    asked.push(path)
    return { status: 503, json: { status: 'loading', model: null } }
  })
  t.equal(sound, false)
  t.match(text, /✖ It answered 503 "loading", where 200 means ready\./)
  t.strictSame(asked, ['/health'])
})

t.test('something else on the port is off', async (t) => {
  const { sound, text } = await show(t, () => ({ status: 200, text: '<html>' }))
  t.equal(sound, false)
  t.match(text, /✖ It answered 200 and not what Copse answers/)
})

t.test('a model that is not told, or only with a key, is off', async (t) => {
  const silent = await show(t, at('/model/info', { status: 200, json: {} }))
  t.equal(silent.sound, false)
  t.match(
    silent.text.replace(/\s+/g, ' '),
    '✖ GET /model/info answered 200 without name, version, sha256 and signature',
  )
  const locked = await show(t, at('/model/info', refusal(401, 'API_ERR_KEY')))
  t.match(locked.text.replace(/\s+/g, ' '), '✖ GET /model/info answered 401 API_ERR_KEY: A value must be a number.')
  t.match(locked.text, /--api-key/)
})

/** Twists the answers to sound rows, or those to bad ones. */
const twistPredict = (bad: boolean, reply: () => ReturnType<Twist>): Twist => {
  return ({ path, body }) => {
    const row = (body as { features?: unknown } | undefined)?.features
    const sound = Array.isArray(row) && row.length === 4 && row.every((value) => typeof value === 'number')
    return path === '/predict' && sound !== bad ? reply() : undefined
  }
}

t.test('a malformed answer is off', async (t) => {
  const prediction = { class_id: 0, class_name: 'setosa', confidence: 0.5 }
  const probabilities = { setosa: 0.5, versicolor: 0.3, virginica: 0.1 }
  const { sound, text } = await show(
    t,
    twistPredict(false, () => ({ status: 200, json: { prediction, probabilities } })),
  )
  t.equal(sound, false)
  t.match(text, /✖ The probabilities sum to 0\.9, not to 1\./)
  t.match(text, /6 things are off\.\n$/)
})

t.test('a sample that is refused is off', async (t) => {
  let asked = 0
  const { sound, text } = await show(
    t,
    twistPredict(false, () => (asked++ < 2 ? [refusal(400), { status: 500, text: 'oops' }][asked - 1] : undefined)),
  )
  t.equal(sound, false)
  t.match(text, /✖ A sample was refused with 400 API_ERR_VALUE: A value must be a number\./)
  t.match(text, /✖ A sample was answered with 500, not 200\./)
})

t.test('a bad request that is not refused as it should be is off', async (t) => {
  const replies = [{ status: 200, json: {} }, refusal(500), { status: 400, text: 'no' }]
  const { sound, text } = await show(
    t,
    twistPredict(true, () => replies.shift()),
  )
  t.equal(sound, false)
  const plain = text.replace(/\s+/g, ' ')
  t.match(plain, '✖ A request with one value too few got 200, where a 4xx with a coded JSON error was due.')
  t.match(plain, '✖ A request with true as a value got 500, where')
  t.match(plain, '✖ A request with an unknown feature got 400 and no coded error, where')
})

t.test('a request that fails under load is off', async (t) => {
  let asked = 0
  const { sound, text } = await show(
    t,
    twistPredict(false, () => (asked++ === 10 ? { status: 503, json: {} } : undefined)),
  )
  t.equal(sound, false)
  t.match(text, /✖ 1 of [\d,]+ requests failed under load\./)
  t.match(text, /1 thing is off\.\n$/)
})
