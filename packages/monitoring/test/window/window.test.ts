import fc from 'fast-check'
import t from 'tap'
import { buildReference, type Reference, Window } from '../../src/index.ts'
import { reference, SHA256 } from '../arbitrary.ts'
import { type Traffic, traffic } from '../traffic.ts'

const OPTIONS = { subWindows: 3, subWindowMs: 1000 }

interface Event extends Traffic {
  readonly time: number
}

/** A model and its traffic over some windows' time. */
const history = reference.chain((any) => {
  const event = fc.tuple(traffic(any), fc.nat(9000)).map(([of, time]): Event => ({ ...of, time }))
  return fc.tuple(fc.constant(any), fc.array(event, { maxLength: 12 }))
})

function fill(of: Reference, events: readonly Event[]): Window {
  const window = new Window(of, OPTIONS)
  for (const { values, answers, time } of events) window.add(values, answers, time)
  return window
}

const inOrder = (events: readonly Event[]) => events.toSorted((a, b) => a.time - b.time)
const textOf = (window: Window) => JSON.stringify(window)
const merged = (of: Reference, windows: readonly Window[]) => {
  const sum = new Window(of, OPTIONS)
  for (const window of windows) sum.merge(window)
  return sum
}

t.test('merging is commutative and associative, and equals one window of all traffic', async () => {
  fc.assert(
    fc.property(history, fc.array(fc.nat(2), { minLength: 12, maxLength: 12 }), ([of, events], owners) => {
      const ordered = inOrder(events)
      const [a, b, c] = [0, 1, 2].map((owner) =>
        fill(
          of,
          ordered.filter((_, index) => owners[index] === owner),
        ),
      )
      const whole = textOf(fill(of, ordered))
      return [
        merged(of, [a, b, c]),
        merged(of, [c, b, a]),
        merged(of, [merged(of, [a, b]), c]),
        merged(of, [a, merged(of, [b, c])]),
      ].every((window) => textOf(window) === whole)
    }),
  )
})

t.test('sliding forgets what is older than the sub-windows, and the lifetime does not', async () => {
  fc.assert(
    fc.property(history, fc.nat(12_000), ([of, events], more) => {
      const ordered = inOrder(events)
      const window = fill(of, ordered)
      const now = (ordered.at(-1)?.time ?? 0) + more
      const first = (Math.floor(now / 1000) - 2) * 1000
      const expected = fill(
        of,
        ordered.filter(({ time }) => time >= first),
      ).total(now)
      const all = ordered.reduce((rows, { answers }) => rows + answers.rows, 0)
      return window.total(now).every((count, cell) => count === expected[cell]) && window.lifetime()[0] === all
    }),
  )
})

t.test('a window survives its JSON and goes on', async () => {
  fc.assert(
    fc.property(history, ([of, events]) => {
      const ordered = inOrder(events)
      const half = ordered.length >> 1
      const before = fill(of, ordered.slice(0, half))
      const after = Window.parse(JSON.parse(textOf(before)), of, OPTIONS)
      const same = textOf(after) === textOf(before)
      for (const { values, answers, time } of ordered.slice(half)) after.add(values, answers, time)
      return same && textOf(after) === textOf(fill(of, ordered))
    }),
  )
})

const small = buildReference({
  signature: { features: [{ name: 'x', type: 'number' }], target: { name: 'y', type: 'number' } },
  columns: [Float32Array.of(1, 2)],
  modelSha256: SHA256,
})
const row = { values: Float32Array.of(1), answers: { rows: 1, outputs: Float64Array.of(1), classIds: [0] } }
const filled = () => {
  const window = new Window(small, OPTIONS)
  window.add(row.values, row.answers, 5000)
  return window
}
const codeOf = (json: unknown, of = small, options = OPTIONS) => {
  try {
    Window.parse(json, of, options)
    return 'none'
  } catch (error) {
    return (error as { code: string }).code
  }
}

t.test('memory is fixed, whatever comes', async (t) => {
  const window = filled()
  const { bytes } = window
  t.equal(bytes, 4 * 5 * 8)
  for (let time = 0; time < 1e6; time += 1e4) window.add(row.values, row.answers, time)
  t.equal(window.bytes, bytes)
  t.ok(textOf(window).length < 500)
})

t.test('a clock that steps back adds to the newest sub-window', async (t) => {
  const window = filled()
  window.add(row.values, row.answers, 1)
  t.equal(window.total(5000)[0], 2)
  t.strictSame(
    window.toJSON().counts.map(({ subWindow }) => subWindow),
    [5],
  )
})

t.test('counts of another process are added, and checked', async (t) => {
  const window = filled()
  window.addCounts(window.total(5000), 5000)
  window.addCounts([1, 0, 1, 0, 1], 5000)
  t.strictSame(Array.from(window.total(5000)), [3, 2, 1, 0, 1])
  for (const odd of [
    [1, 1, 0, 0],
    [2, 1, 0, 0, 0],
    [1, 0.5, 0.5, 0, 0],
    [-1, -1, 0, 0, 0],
    [1, 1, 0, 0, Number.NaN],
  ]) {
    const asCounted = Float64Array.from(odd)
    let message = ''
    try {
      window.addCounts(odd, 5000)
    } catch (error) {
      message = (error as Error).message
    }
    t.throws(
      () => window.addCounts(asCounted, 5000),
      { code: 'MONITORING_ERR_STRUCTURE', message },
      `${JSON.stringify(odd)}, as a list and as an array of doubles alike`,
    )
  }
  t.equal(window.total(5000)[0], 3, 'what is refused is not counted')
})

t.test('a state of something else is refused by what differs', async (t) => {
  const state = filled().toJSON()
  t.equal(codeOf(state), 'none')
  t.equal(codeOf(state, small, { ...OPTIONS, subWindows: 4 }), 'MONITORING_ERR_MISMATCH')
  t.equal(codeOf(state, small, { ...OPTIONS, subWindowMs: 500 }), 'MONITORING_ERR_MISMATCH')
  t.equal(codeOf({ ...state, modelSha256: 'cd'.repeat(32) }), 'MONITORING_ERR_MISMATCH')
  t.equal(codeOf({ ...state, reference: 'cd'.repeat(32) }), 'MONITORING_ERR_MISMATCH')
  t.equal(codeOf({ ...state, version: 2 }), 'MONITORING_ERR_VERSION')
  t.equal(codeOf({}), 'MONITORING_ERR_FORMAT')
  t.throws(() => new Window(small).merge(filled()), {
    code: 'MONITORING_ERR_MISMATCH',
    message: 'Only windows of the same subWindows go together: 12 was expected.',
  })
})

t.test('a broken state is refused, whatever is broken', async (t) => {
  const state = JSON.parse(textOf(filled()))
  const [counted] = state.counts
  const odd = [
    { newest: -2 },
    { newest: 1.5 },
    { newest: 9 },
    { counts: [{ ...counted, subWindow: 6 }] },
    { counts: [{ ...counted, subWindow: 2 }] },
    { counts: [counted, counted] },
    { counts: [{ ...counted, cells: [1, 1, 0, 0] }] },
    { counts: [{ ...counted, cells: [1, 1, 1, 0, 0] }] },
    { counts: [{ ...counted, cells: [1, '1', 0, 0, 0] }] },
    { counts: new Array(4).fill(counted) },
    { forgotten: [] },
    { forgotten: null },
    { extra: 1 },
  ]
  for (const change of odd) t.equal(codeOf({ ...state, ...change }), 'MONITORING_ERR_STRUCTURE', JSON.stringify(change))
  fc.assert(fc.property(fc.jsonValue(), (any) => codeOf(any) !== 'none'))
  const keys = fc.constantFrom('newest', 'counts', 'forgotten', 'subWindows', 'modelSha256')
  fc.assert(
    fc.property(keys, fc.jsonValue(), (key, any) =>
      ['none', 'MONITORING_ERR_STRUCTURE', 'MONITORING_ERR_MISMATCH'].includes(codeOf({ ...state, [key]: any })),
    ),
  )
})

t.test('options are checked', async (t) => {
  for (const options of [{ subWindows: 0 }, { subWindows: 1001 }, { subWindows: 1.5 }, { subWindowMs: 0 }]) {
    t.throws(() => new Window(small, options), { code: 'MONITORING_ERR_OPTION' })
  }
})
