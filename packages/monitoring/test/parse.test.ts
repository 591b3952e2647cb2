import fc from 'fast-check'
import t from 'tap'
import { MonitoringError, parseReference, type Reference } from '../src/index.ts'
import { checksumOf } from '../src/reference.ts'
import { reference } from './arbitrary.ts'

const sample: Reference = fc.sample(reference, { seed: 1, numRuns: 1 })[0]
/** JSON as a program that can also compute a checksum would forge it. */
const forged = (change: object) => {
  const { checksum: _, ...content } = { ...sample, ...change }
  return { ...content, checksum: checksumOf(content) }
}
const codeOf = (json: unknown) => {
  try {
    parseReference(json)
    return 'none'
  } catch (error) {
    if (!(error instanceof MonitoringError)) throw error
    return error.code
  }
}

t.test('a reference survives its JSON', async (t) => {
  fc.assert(
    fc.property(reference, (any) => {
      t.strictSame(parseReference(JSON.parse(JSON.stringify(any, null, 2))), any)
    }),
  )
})

t.test('what is not a reference is refused', async (t) => {
  for (const json of [null, 1, 'text', [], {}, { format: 'other' }, new Array(3), undefined]) {
    t.equal(codeOf(json), 'MONITORING_ERR_FORMAT')
  }
})

t.test('a newer version is refused by name', async (t) => {
  t.throws(() => parseReference({ ...sample, version: 3 }), {
    code: 'MONITORING_ERR_VERSION',
    message: 'The reference is of version 3, and this program reads up to version 2.',
  })
})

t.test('a reference of version 1 is read as one without signals', async (t) => {
  const { checksum: _, signals: __, ...content } = sample
  const old = { ...content, version: 1 }
  const read = parseReference({ ...old, checksum: checksumOf(old) })
  t.strictSame(read, forged({ signals: null }))
  t.strictSame(parseReference(JSON.parse(JSON.stringify(read))), read)
  t.equal(codeOf({ ...old, checksum: sample.checksum }), 'MONITORING_ERR_CHECKSUM')
  t.equal(codeOf({ ...old, signals: null, checksum: checksumOf(old) }), 'MONITORING_ERR_STRUCTURE')
})

t.test('a part that is missing, unknown or ill-typed is refused by its path', async (t) => {
  const { rows: _, ...without } = sample
  const cases: [unknown, RegExp][] = [
    [without, /^The reference must be an object with the key rows\.$/],
    [{ ...sample, extra: 1 }, /^The reference must be an object with the keys .* and no other\.$/],
    [JSON.parse(`{"__proto__":{},${JSON.stringify(sample).slice(1)}`), /and no other/],
    [{ ...sample, rows: 1.5 }, /^The reference's rows must be a whole number of 1 to \d+\.$/],
    [{ ...sample, features: {} }, /^The reference's features must be an array of 1 to 65535 items\.$/],
    [{ ...sample, features: [7] }, /^The reference's features\[0\] must be an object\.$/],
    [{ ...sample, features: [{ type: 'date' }] }, /^The reference's features\[0\]\.type must be number or category\.$/],
    [{ ...sample, version: '1' }, /^The reference's version must be a whole number/],
  ]
  for (const [json, message] of cases)
    t.throws(() => parseReference(json), { code: 'MONITORING_ERR_STRUCTURE', message })
})

t.test('parts that contradict each other are refused, even with a true checksum', async (t) => {
  const number = { name: 'x', type: 'number', missing: 0, edges: [1], counts: [1, 1], min: 0, max: 2, mean: 1, sd: 1 }
  const classes = { name: 'y', type: 'class', classes: ['a', 'b'] }
  const bins = (first: unknown) => [first, ...new Array(19).fill(0)]
  const means = (first: unknown) => [first, ...new Array(19).fill(null)]
  const answers = { type: 'class', rows: 1, counts: [1, 0], confidence: bins(1) }
  const right = { type: 'class', rows: 1, counts: bins(1), correct: bins(1), confidence: means(0.05) }
  const { name: _, type: __, missing: ___, ...histogram } = number
  const signals = { rows: 2, disagreement: histogram, rareShare: null }
  const whole = { rows: 2, target: classes, features: [number], predictions: answers, calibration: right, signals }
  t.equal(codeOf(forged(whole)), 'none', 'the parts by themselves are fine')

  const odd: object[] = [
    { features: [{ ...number, counts: [1, 2] }] },
    { features: [{ ...number, missing: 1 }] },
    { features: [{ ...number, counts: [2] }] },
    { features: [{ ...number, edges: [1, 1], counts: [1, 1, 0] }] },
    { features: [{ ...number, edges: [2, 1], counts: [1, 1, 0] }] },
    { features: [{ ...number, min: 3 }] },
    { features: [{ ...number, mean: 2.5 }] },
    { features: [{ ...number, sd: -1 }] },
    { features: [{ ...number, min: null }] },
    { features: [{ ...number, missing: 2, counts: [0, 0] }] },
    { features: [{ name: 'c', type: 'category', missing: 0, levels: ['a', 'a'], counts: [1, 1] }] },
    { target: { ...classes, classes: ['a'] } },
    { target: { name: 'y', type: 'number' } },
    { predictions: { ...answers, rows: 2 } },
    { predictions: { ...answers, counts: [1] } },
    { predictions: { ...answers, confidence: bins(2) } },
    { signals: { rows: 1, disagreement: { ...histogram, counts: [1, 1] }, rareShare: null } },
    { signals: { rows: 2, disagreement: histogram, rareShare: { ...histogram, edges: [] } } },
    { calibration: { ...right, correct: bins(2) } },
    { calibration: { ...right, confidence: means(0.06) } },
    { calibration: { ...right, confidence: means(null) } },
    { calibration: { ...right, confidence: [0.05, 0.06, ...new Array(18).fill(null)] } },
  ]
  for (const change of odd)
    t.equal(codeOf(forged({ ...whole, ...change })), 'MONITORING_ERR_STRUCTURE', JSON.stringify(change))
})

t.test('residuals ascend', async (t) => {
  const calibration = {
    type: 'number',
    rows: 1,
    mean: 0,
    shares: new Array(9).fill(0.5),
    residuals: new Array(9).fill(1),
  }
  const whole = { target: { name: 'y', type: 'number' }, predictions: null, calibration }
  t.equal(codeOf(forged(whole)), 'none')
  const falling = { ...calibration, residuals: [2, ...new Array(8).fill(1)] }
  t.equal(codeOf(forged({ ...whole, calibration: falling })), 'MONITORING_ERR_STRUCTURE')
})

t.test('a change anywhere is refused', async () => {
  fc.assert(
    fc.property(
      reference,
      fc.nat(),
      fc.jsonValue({ maxDepth: 1 }),
      fc.constantFrom('set', 'delete'),
      (of, at, value, how) => {
        const json = JSON.parse(JSON.stringify(of))
        const places = [...placesOf(json)]
        const { owner, key } = places[at % places.length]
        const before = JSON.stringify(owner[key])
        if (how === 'set') owner[key] = value
        else if (Array.isArray(owner)) owner.splice(Number(key), 1)
        else delete owner[key]
        const unchanged = how === 'set' && JSON.stringify(JSON.parse(JSON.stringify(value))) === before
        return unchanged || codeOf(json) !== 'none'
      },
    ),
    { numRuns: 1000 },
  )
})

t.test('any JSON gives a reference or a coded error', async () => {
  const json = fc.jsonValue()
  fc.assert(fc.property(json, (any) => codeOf(any) !== 'none'))
  const keys = fc.constantFrom('rows', 'target', 'features', 'predictions', 'calibration', 'signals', 'checksum')
  fc.assert(fc.property(keys, json, (key, any) => codeOf({ ...sample, [key]: any }) !== 'none'))
})

function* placesOf(owner: Record<string, unknown>): Generator<{ owner: Record<string, unknown>; key: string }> {
  for (const key of Object.keys(owner)) {
    yield { owner, key }
    if (typeof owner[key] === 'object' && owner[key]) yield* placesOf(owner[key] as Record<string, unknown>)
  }
}
