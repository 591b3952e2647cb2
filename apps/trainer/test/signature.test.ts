import type { Feature, Signature } from '@copse/model'
import t from 'tap'
import { recodeColumns, signatureDifference } from '../src/signature.ts'

const size: Feature = { name: 'size', type: 'number', missing: false, min: 1, max: 9 }
const cut = (...levels: string[]): Feature => ({ name: 'cut', type: 'category', missing: false, levels })
const classes = (...labels: string[]): Signature['target'] => ({ name: 'grade', type: 'class', classes: labels })
const signature = (features: Feature[], target = classes('a', 'b')): Signature => ({ features, target })

const registered = signature([size, cut('x', 'y')])
const differs = (table: Signature, message: string | undefined) =>
  t.equal(signatureDifference(registered, table), message)

t.test('ranges, levels and missing values may differ', async () => {
  differs(registered, undefined)
  differs(signature([{ ...size, min: null, max: null, missing: true }, cut('y', 'z')]), undefined)
})

t.test('names, types and order of features may not', async () => {
  differs(signature([size]), 'it has no column "cut"')
  differs(signature([size, cut('x'), { ...size, name: 'age' }]), 'it has a new column "age"')
  differs(signature([size, { ...size, name: 'cut' }]), 'column "cut" was a category and is a number now')
  differs(signature([cut('x'), size]), 'its columns are in another order, beginning with "cut"')
})

t.test('nor the target, nor its classes', async () => {
  const features = [size, cut('x', 'y')]
  differs(signature(features, { ...classes('a', 'b'), name: 'mark' }), 'the target was "grade" and is "mark" now')
  differs(signature(features, { name: 'grade', type: 'number' }), 'the target was a class and is a number now')
  differs(signature(features, classes('a', 'c')), 'its target has no class "b"')
  differs(signature(features, classes('a', 'b', 'c')), 'its target has a new class "c"')
  differs(signature(features, classes('b', 'a')), 'its classes are in another order')
})

t.test('levels are recoded by their text', async (t) => {
  const from = signature([size, cut('w', 'x', 'y')])
  const numbers = Float32Array.of(1, 2, 3, 4)
  const [same, recoded] = recodeColumns([numbers, Float32Array.of(0, 1, 2, Number.NaN)], from, registered)
  t.equal(same, numbers)
  t.strictSame(
    recoded,
    Float32Array.of(2, 0, 1, Number.NaN),
    'w is unseen: an index past the last level; missing stays missing',
  )
})
