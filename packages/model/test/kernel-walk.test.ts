import fc from 'fast-check'
import t from 'tap'
import { KernelWalk } from '../src/kernel-walk.ts'
import { PlainWalk, planWalk } from '../src/predict.ts'
import { forestParts, forestShapes, randomRows } from './forests.ts'

t.test('every kind of forest answers as the plain walk does, to the last bit', async (t) => {
  const rowCounts = fc.constantFrom(1, 2, 7, 8, 9, 40)
  fc.assert(
    fc.property(forestShapes, rowCounts, fc.nat(), (shape, count, seed) => {
      const { trees, signature, aggregation } = forestParts(shape)
      const kernel = KernelWalk.create(trees, signature, aggregation)
      if (kernel === undefined) throw new Error('This platform has no WebAssembly SIMD.')
      const plain = new PlainWalk(planWalk(trees, signature, aggregation))
      const values = randomRows(signature, count, seed)
      for (const walk of [kernel, plain]) walk.rows(count).set(values)
      const found = kernel.answer(count).slice(0, count * plain.outputs)
      const expected = plain.answer(count).slice(0, count * plain.outputs)
      return Buffer.compare(new Uint8Array(found.buffer), new Uint8Array(expected.buffer)) === 0
    }),
    { numRuns: 300 },
  )
  t.pass()
})
