import type { Signature } from '@copse/model'
import t from 'tap'
import { buildReference, type ReferenceSignature } from '../src/index.ts'
import { SHA256 } from './arbitrary.ts'

t.test("the model's signature is assignable to the part used here", async (t) => {
  const signature: Signature = {
    features: [
      { name: 'petal_length', type: 'number', missing: false, min: 1, max: 6.9 },
      { name: 'cut', type: 'category', missing: true, levels: ['Fair', 'Good'] },
    ],
    target: { name: 'species', type: 'class', classes: ['setosa', 'versicolor'] },
  }
  const used: ReferenceSignature = signature
  const columns = [Float32Array.of(1), Float32Array.of(0)]
  t.equal(buildReference({ signature: used, columns, modelSha256: SHA256 }).features.length, 2)
})
