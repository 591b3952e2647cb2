import { hash } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { buildReference, type Reference, type ReferenceInput } from '../src/index.ts'
import { input, SHA256 } from './arbitrary.ts'

const flowers: ReferenceInput = {
  signature: {
    features: [
      { name: 'petal_length', type: 'number' },
      { name: 'colour', type: 'category', levels: ['blue', 'white'] },
    ],
    target: { name: 'species', type: 'class', classes: ['setosa', 'virginica'] },
  },
  columns: [Float32Array.of(1.4, 1.3, 5.5), Float32Array.of(0, 1, 1)],
  modelSha256: SHA256,
}

t.test('a profile names its model, target, features and rows', async (t) => {
  const reference = buildReference(flowers)
  t.strictSame(Object.keys(reference), [
    'format',
    'version',
    'modelSha256',
    'rows',
    'target',
    'features',
    'predictions',
    'calibration',
    'signals',
    'checksum',
  ])
  t.match(reference, {
    format: 'copse-reference',
    version: 2,
    modelSha256: SHA256,
    rows: 3,
    target: { name: 'species', type: 'class', classes: ['setosa', 'virginica'] },
    features: [
      { name: 'petal_length', counts: [1, 1, 1] },
      { name: 'colour', counts: [1, 2] },
    ],
    predictions: null,
    calibration: null,
  })
})

t.test('the checksum is the sha256 of the compact JSON without it', async (t) => {
  const { checksum, ...content } = buildReference(flowers)
  t.equal(checksum, hash('sha256', JSON.stringify(content)))
})

t.test('answers and their calibration are kept by the kind of target', async (t) => {
  const probabilities = Float64Array.of(1, 0, 0.2, 0.8)
  const classes = buildReference({ ...flowers, probabilities, calibration: { probabilities, actual: [0, 1] } })
  t.match(classes, { predictions: { type: 'class', counts: [1, 1] }, calibration: { type: 'class', rows: 2 } })

  const target = { name: 'price', type: 'number' } as const
  const values = Float64Array.of(10, 20)
  const price = { ...flowers, signature: { ...flowers.signature, target }, values }
  t.match(buildReference({ ...price, calibration: { values, actual: [11, 21] } }), {
    target,
    predictions: { type: 'number', rows: 2 },
    calibration: { type: 'number', mean: 1 },
  })
})

t.test('input that does not fit is refused', async (t) => {
  const probabilities = Float64Array.of(1, 0)
  const values = Float64Array.of(1)
  const target = { name: 'price', type: 'number' } as const
  const price = { ...flowers, signature: { ...flowers.signature, target } }
  const refused: [string, ReferenceInput][] = [
    ['MONITORING_ERR_VALUE', { ...flowers, modelSha256: 'none' }],
    ['MONITORING_ERR_TABLE', { ...flowers, columns: flowers.columns.slice(1) }],
    ['MONITORING_ERR_TABLE', { ...flowers, columns: [], signature: { ...flowers.signature, features: [] } }],
    ['MONITORING_ERR_TABLE', { ...flowers, columns: [new Float32Array(), new Float32Array()] }],
    ['MONITORING_ERR_TABLE', { ...flowers, columns: [new Float32Array(3), new Float32Array(2)] }],
    ['MONITORING_ERR_PREDICTIONS', { ...flowers, values }],
    ['MONITORING_ERR_PREDICTIONS', { ...price, probabilities }],
    ['MONITORING_ERR_PREDICTIONS', { ...flowers, calibration: { actual: [0] } }],
    ['MONITORING_ERR_PREDICTIONS', { ...flowers, calibration: { values, actual: [0] } }],
    ['MONITORING_ERR_PREDICTIONS', { ...price, calibration: { probabilities, actual: [0] } }],
  ]
  for (const [code, odd] of refused) t.throws(() => buildReference(odd), { name: 'MonitoringError', code })
})

t.test('every row is counted once in every feature', async () => {
  fc.assert(
    fc.property(input, (any) => {
      const reference: Reference = buildReference(any)
      return reference.features.every(
        ({ counts, missing }) => counts.reduce((sum, count) => sum + count, missing) === reference.rows,
      )
    }),
  )
})

t.test('the same table gives the same text, and the table is left as it was', async () => {
  fc.assert(
    fc.property(input, (any) => {
      const before = JSON.stringify(any.columns)
      const text = JSON.stringify(buildReference(any))
      return text === JSON.stringify(buildReference(any)) && JSON.stringify(any.columns) === before
    }),
  )
})
