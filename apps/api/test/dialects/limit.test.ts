import type { Signature } from '@copse/model'
import t from 'tap'
import { bodyLimit, MAX_BODY_BYTES } from '../../src/dialects/limit.ts'
import type { ServedModel } from '../../src/model/served.ts'
import { IRIS } from '../bundle.ts'

function model(signature: Signature): ServedModel {
  return { signature } as ServedModel
}

t.test('room for 10,000 named rows, within 1 MiB and 16 MiB', async (t) => {
  t.equal(bodyLimit(undefined), 2 ** 20)
  const limit = bodyLimit(model(IRIS))
  const row = {
    sepal_length: -1.2345678901234567e-12,
    sepal_width: 1e-300,
    petal_length: 5.1,
    petal_width: 0.30000000000000004,
  }
  t.ok(limit > JSON.stringify({ rows: Array(10_000).fill(row) }).length)
  t.ok(limit < 2 * 2 ** 20)
  t.equal(bodyLimit(model({ ...IRIS, features: IRIS.features.slice(0, 1) })), 2 ** 20)
  const wide = Array.from({ length: 1000 }, (_, f) => ({ ...IRIS.features[0]!, name: `feature_${f}` }))
  t.equal(bodyLimit(model({ ...IRIS, features: wide })), MAX_BODY_BYTES)
})

t.test('long levels make longer bodies', async (t) => {
  const levels = ['x'.repeat(500), 'y']
  const features = [{ name: 'f', type: 'category', missing: false, levels }] as const
  t.ok(bodyLimit(model({ ...IRIS, features })) > 5_000_000)
})
