import t from 'tap'
import { buildReference, CHECK_DEFAULTS, checkDrift, Window } from '../../src/index.ts'
import { chiSquared } from '../../src/statistics/chi-squared.ts'
import { SHA256 } from '../arbitrary.ts'
import { manyRows, randomBits, windowOf, world } from './worlds.ts'

const SEEDS = [1, 2, 3]
const REPEATS = 1000
const TRAINED = 600
/** 2.326 standard deviations: what a share of `level` exceeds in one of a hundred simulations. */
const bound = (level: number) => level + 2.326 * Math.sqrt((level * (1 - level)) / (SEEDS.length * REPEATS))

/**
 * How many checks of each size find anything, and drift, where there is none: each of a world of its own. One world has a
 * window of each size, since making worlds is most of the work, and the sizes are judged apart.
 */
function falseAlarms(sizes: readonly number[]) {
  const alarms = new Map(sizes.map((rows) => [rows, { found: 0, drift: 0 }]))
  for (const seed of SEEDS) {
    const bits = randomBits(seed * 65_537)
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      const of = world(TRAINED, bits)
      for (const [rows, count] of alarms) {
        const window = (rows > 200 ? manyRows : windowOf)(of, rows, bits)
        const { series } = checkDrift(window.layout, window.total(0))
        if (series.some(({ evidence }) => evidence !== 'none')) count.found++
        if (series.some(({ evidence }) => evidence === 'drift')) count.drift++
      }
    }
  }
  return alarms
}

t.test('without drift a check alarms no more often than it says', async (t) => {
  const repeats = SEEDS.length * REPEATS
  t.equal(repeats, 3000)
  for (const [rows, count] of falseAlarms([50, 200, 1000, 10_000])) {
    const [found, drift] = [count.found / repeats, count.drift / repeats]
    t.comment(`${rows} rows: possible or drift ${found}, drift ${drift}`)
    t.ok(
      found <= bound(CHECK_DEFAULTS.possible),
      `${rows} rows: ${found} of ${bound(CHECK_DEFAULTS.possible)} found something`,
    )
    t.ok(drift <= bound(CHECK_DEFAULTS.drift), `${rows} rows: ${drift} of ${bound(CHECK_DEFAULTS.drift)} found drift`)
  }
})

t.test('counts of many rows at once are distributed as those of rows one by one', async (t) => {
  const bits = randomBits(9)
  const one = world(TRAINED, bits)
  const sum = (made: typeof windowOf | typeof manyRows) => {
    const total = new Window(one.reference)
    for (let repeat = 0; repeat < 400; repeat++) total.merge(made(one, 500, bits))
    return total.total(0)
  }
  const [rows, counts] = [sum(windowOf), sum(manyRows)]
  for (const { name, start, bins } of new Window(one.reference).layout.series) {
    const { pValue } = chiSquared(rows.subarray(start, start + bins + 2), counts.subarray(start, start + bins + 2))
    t.ok(pValue > 1e-4, `${name}: ${pValue}`)
  }
})

t.test('a shift of half a standard deviation of one in twenty features shows in 200 rows', async (t) => {
  let [found, drift] = [0, 0]
  for (const seed of SEEDS) {
    const bits = randomBits(seed)
    for (let repeat = 0; repeat < 200; repeat++) {
      const window = windowOf(world(1000, bits), 200, bits, 0.5)
      const [shifted] = checkDrift(window.layout, window.total(0)).series
      if (shifted.evidence !== 'none') found++
      if (shifted.evidence === 'drift') drift++
    }
  }
  t.comment(`possible or drift ${found / 600}, drift ${drift / 600}`)
  t.ok(found / 600 >= 0.95, `${found} of 600`)
})

const flat = (length: number, value: (row: number) => number) => Float32Array.from({ length }, (_, row) => value(row))
const reference = buildReference({
  signature: {
    features: [
      { name: 'number', type: 'number' },
      { name: 'level', type: 'category', levels: ['a', 'b'] },
    ],
    target: { name: 'y', type: 'number' },
  },
  columns: [flat(5000, (row) => row / 5000), flat(5000, (row) => row % 2)],
  modelSha256: SHA256,
})
const check = (rows: number, number: (row: number) => number, level: (row: number) => number, options = {}) => {
  const window = new Window(reference)
  const values = Float32Array.from({ length: 2 * rows }, (_, at) => (at % 2 ? level : number)(at >> 1))
  window.add(values, { rows, outputs: new Float64Array(rows), classIds: [] }, 0)
  return checkDrift(window.layout, window.total(0), options)
}
const same = (rows: number) => (row: number) => (row + 0.5) / rows
const alternate = (row: number) => row % 2
const evidenceOf = (of: ReturnType<typeof check>) => of.series.map(({ evidence }) => evidence)

t.test('what is missing, out of range or unseen is drift by a test of its own', async (t) => {
  const cases = [
    ['missing', 0, (row: number) => (row % 5 === 0 ? Number.NaN : same(500)(row)), alternate],
    ['out_of_range', 0, (row: number) => (row % 10 === 0 ? 7 : same(500)(row)), alternate],
    ['unseen', 1, same(500), (row: number) => (row % 10 === 0 ? 2 : alternate(row))],
  ] as const
  for (const [name, index, number, level] of cases) {
    const { series } = check(500, number, level)
    t.equal(series[index].evidence, 'drift', name)
    const least = series[index].tests.reduce((least, test) => (test.pValue < least.pValue ? test : least))
    t.equal(least.test, name)
    t.equal(series[1 - index].evidence, 'none')
  }
})

t.test('a difference that is no accident but too small to matter is possible drift only', async (t) => {
  const slight = (row: number) => ((row + 0.5) / 100_000) ** 1.1
  t.strictSame(evidenceOf(check(100_000, slight, alternate)), ['possible', 'none'])
  t.strictSame(evidenceOf(check(100_000, slight, alternate, { leastPsi: 0 })), ['drift', 'none'])
})

t.test('below the least rows nothing is concluded', async (t) => {
  const all = check(49, () => 1, alternate)
  t.equal(all.enough, false)
  t.strictSame(evidenceOf(all), ['none', 'none'])
  t.equal(check(50, () => 1, alternate).series[0].evidence, 'drift')
})

t.test('answers and signals that are the same in every row have no test and are no evidence', async (t) => {
  const constant = buildReference({
    signature: { features: [{ name: 'number', type: 'number' }], target: { name: 'y', type: 'number' } },
    columns: [flat(100, (row) => row)],
    values: new Float64Array(100),
    signals: { disagreement: new Float64Array(100) },
    modelSha256: SHA256,
  })
  const window = new Window(constant)
  const answers = { rows: 100, outputs: new Float64Array(100), classIds: [], disagreement: new Float64Array(100) }
  window.add(
    flat(100, (row) => row),
    answers,
    0,
  )
  const { series } = checkDrift(window.layout, window.total(0))
  t.strictSame(
    series.map(({ name, tests, qValue, evidence }) => [name, tests.length, qValue, evidence]),
    [
      ['number', 3, 1, 'none'],
      ['prediction', 0, 1, 'none'],
      ['disagreement', 0, 1, 'none'],
    ],
  )
})

t.test('a signal that was not measured is no evidence', async (t) => {
  const measured = buildReference({
    signature: { features: [{ name: 'number', type: 'number' }], target: { name: 'y', type: 'number' } },
    columns: [flat(100, (row) => row)],
    signals: { disagreement: Float64Array.from({ length: 100 }, (_, row) => row) },
    modelSha256: SHA256,
  })
  const window = new Window(measured)
  const row = { outputs: new Float64Array(100), classIds: [] }
  window.add(
    flat(100, (at) => at),
    { rows: 100, ...row },
    0,
  )
  const [, disagreement] = checkDrift(window.layout, window.total(0)).series
  t.match(disagreement, { missing: 1, qValue: 1, evidence: 'none' })
})

t.test('an empty window is no evidence', async (t) => {
  const { enough, series } = checkDrift(new Window(reference).layout, new Window(reference).total(0))
  t.notOk(enough)
  t.ok(series.every(({ qValue, psi, missing }) => qValue === 1 && psi === 0 && missing === 0))
})

t.test('options are checked', async (t) => {
  const odd = [
    { drift: 0.1 },
    { drift: 0 },
    { possible: 1 },
    { leastRows: 0 },
    { leastPsi: -1 },
    { leastShare: Number.NaN },
  ]
  for (const options of odd) {
    t.throws(() => check(50, same(50), alternate, options), { code: 'MONITORING_ERR_OPTION' }, JSON.stringify(options))
  }
})
