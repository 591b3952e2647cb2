import { iris } from '@copse/dataset'
import fc from 'fast-check'
import t from 'tap'
import { readSignature, sameShape } from '../src/signature.ts'

const flowers = iris().signature

t.test('a signature survives its JSON', async (t) => {
  t.strictSame(readSignature(JSON.parse(JSON.stringify(flowers))), flowers)
  const price = {
    features: [{ name: 'cut', type: 'category', missing: true, levels: ['Fair'] }],
    target: { name: 'price', type: 'number' },
  }
  t.strictSame(readSignature(price), price)
})

t.test('what is none is refused', async (t) => {
  const [feature] = flowers.features
  const { target } = flowers
  const odd = [
    undefined,
    {},
    { features: [], target },
    { features: [feature] },
    { features: [{ ...feature, type: 'date' }], target },
    { features: [{ ...feature, min: 'low' }], target },
    { features: [{ ...feature, type: 'category', levels: [1] }], target },
    { features: [{ ...feature, name: 1 }], target },
    { features: [feature], target: { ...target, classes: ['one'] } },
    { features: [feature], target: { ...target, type: 'text' } },
  ]
  for (const json of odd) t.equal(readSignature(json), undefined, JSON.stringify(json))
  fc.assert(fc.property(fc.jsonValue(), (json) => readSignature(json) === undefined))
})

t.test('the same columns and classes are the same shape, whatever their ranges', async (t) => {
  const wider = { ...flowers, features: flowers.features.map((feature) => ({ ...feature, max: 99 })) }
  t.ok(sameShape(flowers, wider as typeof flowers))
  t.notOk(sameShape(flowers, { ...flowers, features: flowers.features.toReversed() }))
  t.notOk(sameShape(flowers, { ...flowers, target: { name: 'species', type: 'number' } }))
})
