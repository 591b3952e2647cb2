import type { Feature, Signature } from '@copse/model'
import t from 'tap'
import { signatureChange } from '../../src/model/signature-change.ts'
import { IRIS, MIXED } from '../bundle.ts'

function changed(signature: Signature, f: number, change: Partial<Feature>): Signature {
  const features = signature.features.map((feature, i) => (i === f ? ({ ...feature, ...change } as Feature) : feature))
  return { ...signature, features }
}

t.test('clients notice nothing of ranges, of levels and of what may now be missing', async (t) => {
  for (const signature of [IRIS, MIXED]) {
    t.equal(signatureChange(signature, structuredClone(signature)), undefined)
    for (const [f, feature] of signature.features.entries()) {
      const other: Partial<Feature> =
        feature.type === 'number' ? { min: -5, max: 5, missing: true } : { levels: ['A', 'B'], missing: true }
      t.equal(signatureChange(signature, changed(signature, f, other)), undefined, feature.name)
    }
  }
})

t.test('they do of everything else', async (t) => {
  const [first, ...others] = IRIS.features
  const change = (after: Partial<Signature>) => signatureChange(IRIS, { ...IRIS, ...after })
  t.equal(change({ features: others }), 'it has 3 features, not 4')
  t.equal(change({ features: [...IRIS.features, first!] }), 'it has 5 features, not 4')
  t.equal(
    change({ features: [...others, first!] }),
    'feature 0 is "sepal_width", not "sepal_length"',
    'the same features in another order',
  )
  t.equal(
    change({ features: [{ name: first!.name, type: 'category', levels: [], missing: false }, ...others] }),
    'feature 0 "sepal_length" is a category, not a number',
  )
  t.equal(
    signatureChange(changed(IRIS, 2, { missing: true }), IRIS),
    'feature 2 "petal_length" may no longer be missing',
  )
  t.equal(change({ target: { name: 'x', type: 'number' } }), 'it answers a number, not a class')
  const classes = IRIS.target.type === 'class' ? IRIS.target.classes : []
  for (const other of [classes.toReversed(), [...classes, 'more'], classes.slice(1)]) {
    t.equal(
      change({ target: { name: 'species', type: 'class', classes: other } }),
      'its classes are others, or in another order',
    )
  }
})
