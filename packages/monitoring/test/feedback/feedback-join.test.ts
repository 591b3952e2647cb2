import fc from 'fast-check'
import t from 'tap'
import { buildReference, FeedbackJoin, type FeedbackOptions } from '../../src/index.ts'
import { SHA256 } from '../arbitrary.ts'
import { randomBits } from '../drift/worlds.ts'

const columns = [Float32Array.of(1, 2)]
const features = [{ name: 'x', type: 'number' }] as const
const probabilities = Float64Array.from({ length: 2000 }, (_, at) => (at % 2 === 0 ? 0.8 : 0.2))
const classes = buildReference({
  signature: { features, target: { name: 'y', type: 'class', classes: ['no', 'yes'] } },
  columns,
  probabilities,
  // Of answers with confidence .8, seven in ten were right.
  calibration: { probabilities, actual: Array.from({ length: 1000 }, (_, row) => (row % 10 < 7 ? 0 : 1)) },
  modelSha256: SHA256,
})
const values = Float64Array.from({ length: 101 }, () => 0)
const numbers = buildReference({
  signature: { features, target: { name: 'y', type: 'number' } },
  columns,
  values,
  calibration: { values, actual: Array.from({ length: 101 }, (_, row) => row - 50) },
  modelSha256: SHA256,
})
const answer = (no: number) => ({ rows: 1, outputs: Float64Array.of(no, 1 - no), classIds: [no >= 0.5 ? 0 : 1] })
const value = (of: number) => ({ rows: 1, outputs: Float64Array.of(of), classIds: [] })
const OPTIONS = { capacity: 4, subWindows: 3, subWindowMs: 1000 }

t.test('each label has its result, and only a match counts', async (t) => {
  const join = new FeedbackJoin(classes, { ...OPTIONS, joinMs: 500 })
  join.predicted('a', answer(0.8), 0)
  t.equal(join.label('b', 'no', 1), 'unmatched')
  t.equal(join.label('a', 'maybe', 1), 'invalid')
  t.equal(join.label('a', 'no', 1), 'matched')
  t.equal(join.label('a', 'no', 2), 'repeated')
  t.equal(join.label('a', 'yes', 3), 'conflict')
  join.predicted('c', answer(0.8), 0)
  t.equal(join.label('c', 'no', 501), 'late')
  t.match(join.performance(501), { labelled: 1, accuracy: 1 })
  const other = new FeedbackJoin(numbers)
  other.predicted('a', value(1), 0)
  for (const odd of ['x', Number.NaN, Infinity]) t.equal(other.label('a', odd, 1), 'invalid')
  t.equal(other.label('a', 3, 1), 'matched')
})

t.test('only the newest predictions are remembered, in memory that does not grow', async (t) => {
  const join = new FeedbackJoin(classes, OPTIONS)
  const { bytes } = join
  for (let id = 0; id < 10; id++) join.predicted(String(id), answer(0.8), 0)
  t.equal(join.label('5', 'no', 0), 'unmatched')
  t.equal(join.label('6', 'no', 0), 'matched')
  t.equal(join.bytes, bytes)
})

t.test('accuracy, log loss, ECE, recall and lag by hand', async (t) => {
  const join = new FeedbackJoin(classes)
  for (const [id, no, label, lag] of [
    ['a', 0.75, 'no', 500],
    ['b', 0.75, 'yes', 20_000],
    ['c', 0.25, 'yes', 7_200_000],
    ['d', 1, 'no', 500],
  ] as const) {
    join.predicted(id, answer(no), 0)
    join.label(id, label, lag)
  }
  const found = join.performance(7_200_000)
  if (found.type !== 'class') throw new Error('classes')
  const near = (a: number | null, b: number) => t.ok(Math.abs(a! - b) < 1e-7, `${a}, ${b}`)
  t.match(found, { answered: 4, labelled: 4, accuracy: 0.75 })
  near(found.logLoss, -(Math.log(0.75) + Math.log(0.25) + Math.log(0.75)) / 4)
  // Of three rows with confidence .75 two were right, of one with 1 all.
  near(found.ece, (Math.abs(2 - 2.25) + 0) / 4)
  t.strictSame(found.recall, [
    { class: 'no', labels: 2, recall: 1 },
    { class: 'yes', labels: 2, recall: 0.5 },
  ])
  t.strictSame(found.lag.counts, [2, 0, 1, 0, 0, 1, 0, 0, 0])
  near(found.lag.mean, (0.5 + 20 + 7200 + 0.5) / 4)
})

t.test(
  'without labels accuracy is estimated from calibrated confidences, and labels tell how wrong that was',
  async (t) => {
    const join = new FeedbackJoin(classes)
    const bits = randomBits(3)
    const chance = () => (bits() >>> 0) / 2 ** 32
    for (let id = 0; id < 20_000; id++) join.predicted(String(id), answer(0.8), 0)
    const before = join.performance(0)
    if (before.type !== 'class') throw new Error('classes')
    t.ok(Math.abs(before.estimate.accuracy! - 0.7) < 0.001, 'as calibrated, and not the .8 that the forest says')
    t.equal(before.estimate.error, null)
    for (let id = 0; id < 20_000; id++) join.label(String(id), chance() < 0.7 ? 'no' : 'yes', 1)
    const same = join.performance(1)
    if (same.type !== 'class') throw new Error('classes')
    t.ok(Math.abs(same.estimate.error!) < 0.015, `${same.estimate.error}`)

    const worse = new FeedbackJoin(classes)
    for (let id = 0; id < 20_000; id++) {
      worse.predicted(String(id), answer(0.8), 0)
      worse.label(String(id), chance() < 0.5 ? 'no' : 'yes', 1)
    }
    const drifted = worse.performance(1)
    if (drifted.type !== 'class') throw new Error('classes')
    t.ok(
      Math.abs(drifted.estimate.error! - 0.2) < 0.015,
      `what features do not show, labels do: ${drifted.estimate.error}`,
    )
  },
)

t.test('errors of numbers by hand', async (t) => {
  const join = new FeedbackJoin(numbers)
  for (const [id, of, label] of [
    ['a', 10, 12],
    ['b', 20, 16],
    ['c', 30, 130],
  ] as const) {
    join.predicted(id, value(of), 0)
    join.label(id, label, 1)
  }
  const squared = 4 + 16 + 10_000
  const mean = (12 + 16 + 130) / 3
  const spread = (12 - mean) ** 2 + (16 - mean) ** 2 + (130 - mean) ** 2
  const found = join.performance(1)
  if (found.type !== 'number') throw new Error('numbers')
  const close = (a: number | null, b: number) => t.ok(Math.abs(a! - b) < 1e-9 * Math.abs(b), `${a}, ${b}`)
  close(found.rmse, Math.sqrt(squared / 3))
  close(found.mae, 106 / 3)
  close(found.bias, 98 / 3)
  close(found.r2, 1 - squared / spread)
  close(found.coverage, 2 / 3)
})

t.test('the window slides', async (t) => {
  const join = new FeedbackJoin(classes, OPTIONS)
  join.predicted('a', answer(0.8), 0)
  join.label('a', 'no', 0)
  t.equal(join.performance(2999).labelled, 1)
  t.match(join.performance(3000), {
    labelled: 0,
    accuracy: null,
    logLoss: null,
    ece: null,
    estimate: { accuracy: null },
  })
})

const step = fc.record({
  id: fc.nat(9).map(String),
  what: fc.constantFrom('predicted', 'no', 'yes'),
  share: fc.nat(10).map((tenth) => tenth / 10),
  later: fc.nat(700),
})
const play = (
  join: FeedbackJoin,
  steps: readonly { id: string; what: string; share: number; later: number }[],
  from = 0,
) => {
  let now = from
  for (const { id, what, share, later } of steps) {
    now += later
    if (what === 'predicted') join.predicted(id, answer(share), now)
    else join.label(id, what, now)
  }
  return now
}

/** The bytes of an array, three at a time. */
function inPieces({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array[] {
  const length = Math.ceil(byteLength / 3)
  return Array.from({ length }, (_, i) => new Uint8Array(buffer, byteOffset + 3 * i, Math.min(3, byteLength - 3 * i)))
}

t.test('a join survives its JSON at any moment', async () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.nat(40), (steps, half) => {
      const whole = new FeedbackJoin(classes, OPTIONS)
      const before = new FeedbackJoin(classes, OPTIONS)
      const now = play(whole, steps)
      const middle = play(before, steps.slice(0, half))
      const after = FeedbackJoin.parse(JSON.parse(JSON.stringify(before)), classes, OPTIONS)
      const pieces = Object.entries(before.snapshot()).map(([key, value]) => [
        key,
        ArrayBuffer.isView(value) ? inPieces(value) : value,
      ])
      const fromPieces = FeedbackJoin.parse(Object.fromEntries(pieces), classes, OPTIONS)
      if (JSON.stringify(fromPieces) !== JSON.stringify(before)) return false
      play(after, steps.slice(half), middle)
      return (
        JSON.stringify(after) === JSON.stringify(whole) &&
        JSON.stringify(after.performance(now)) === JSON.stringify(whole.performance(now))
      )
    }),
  )
})

t.test('the same labels again change nothing', async () => {
  const labels = (steps: readonly { id: string; what: string; share: number; later: number }[]) =>
    steps.filter(({ what }) => what !== 'predicted').map((of) => ({ ...of, later: 0 }))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const join = new FeedbackJoin(classes, { ...OPTIONS, capacity: 20 })
      for (let id = 0; id < 10; id++) join.predicted(String(id), answer(0.8), 0)
      play(join, labels(steps))
      const text = JSON.stringify(join)
      play(join, labels(steps))
      return JSON.stringify(join) === text
    }),
  )
})

t.test('a state of something else, or a broken one, is refused', async (t) => {
  const join = new FeedbackJoin(classes, OPTIONS)
  join.predicted('a', answer(0.8), 0)
  join.predicted('b', answer(0.8), 0)
  join.label('a', 'no', 0)
  const state = JSON.parse(JSON.stringify(join))
  const codeOf = (json: unknown, of = classes, options: FeedbackOptions = OPTIONS) => {
    try {
      FeedbackJoin.parse(json, of, options)
      return 'none'
    } catch (error) {
      return (error as { code: string }).code
    }
  }
  t.equal(codeOf(state), 'none')
  t.equal(codeOf(state, numbers), 'MONITORING_ERR_MISMATCH')
  t.equal(codeOf(state, classes, { ...OPTIONS, capacity: 5 }), 'MONITORING_ERR_MISMATCH')
  t.equal(codeOf({ ...state, version: 2 }), 'MONITORING_ERR_VERSION')
  const doubles = (...of: number[]) => Buffer.from(Float64Array.from(of).buffer).toString('base64')
  const odd = [
    { size: 5 },
    { size: 1 },
    { next: 3 },
    { times: '' },
    { times: doubles(1, Infinity) },
    { times: '!'.repeat(state.times.length) },
    { labels: doubles(0, 7) },
    { labels: doubles(0, 0.5) },
    { classIds: Buffer.from([9, 9, 9, 9]).toString('base64') },
    { answers: Buffer.alloc(32, 0xff).toString('base64') },
    { hashes: Buffer.alloc(16).toString('base64') },
    { counts: [{ subWindow: 0, cells: [1] }] },
    { forgotten: [] },
    { extra: 1 },
  ]
  for (const change of odd) t.equal(codeOf({ ...state, ...change }), 'MONITORING_ERR_STRUCTURE', JSON.stringify(change))
  fc.assert(fc.property(fc.jsonValue(), (any) => codeOf(any) !== 'none'))
  for (const options of [{ capacity: 0 }, { capacity: 2 ** 25 }, { joinMs: 0 }, { subWindows: 0 }]) {
    t.throws(() => new FeedbackJoin(classes, options), { code: 'MONITORING_ERR_OPTION' })
  }
})
