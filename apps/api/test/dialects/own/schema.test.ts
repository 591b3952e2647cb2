import t from 'tap'
import { Compile } from 'typebox/compile'
import { exampleRow, predictRequest, predictResponse } from '../../../src/dialects/own/schema.ts'
import { IRIS, MIXED } from '../../bundle.ts'

t.test('an example row in both forms, with categories as texts', async (t) => {
  t.strictSame(exampleRow(IRIS, [5.1, 3.5, 1.4, 0.2]), {
    positional: [5.1, 3.5, 1.4, 0.2],
    named: { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 },
  })
  t.strictSame(exampleRow(MIXED, [null, 2, 1]).positional, [null, 'Ideal', 'yes'])
  t.strictSame(exampleRow(MIXED, [1, 3, 1]).positional, [1, null, 'yes'], 'an unseen level has no text')
})

t.test('the request fits its own examples', async (t) => {
  const iris = Compile(predictRequest(IRIS, exampleRow(IRIS, [5.1, 3.5, 1.4, 0.2])))
  const examples = (iris.Type() as { examples?: unknown[] }).examples!
  t.equal(examples.length, 3)
  for (const example of examples) t.ok(iris.Check(example))
  t.notOk(iris.Check({ features: [1, 2, 3] }))
  t.notOk(iris.Check({ features: [1, 2, 3, '4'] }))
  t.notOk(iris.Check({ features: { sepal_length: 1 } }))
})

t.test('a batch has as many rows as the model takes', async (t) => {
  const features = Array.from({ length: 2048 }, (_, f) => {
    return { name: `f${f}`, type: 'number', missing: false, min: 0, max: 1 } as const
  })
  const wide = Compile(predictRequest({ features, target: IRIS.target }, undefined))
  const row = new Array(2048).fill(0)
  t.ok(wide.Check({ rows: new Array(2048).fill(row) }))
  t.notOk(wide.Check({ rows: new Array(2049).fill(row) }))
  t.match(JSON.stringify(predictRequest(IRIS, undefined)), '"maxItems":10000')
})

t.test('ranges and levels are told and not enforced', async (t) => {
  const text = JSON.stringify(predictRequest(MIXED, undefined))
  t.notMatch(text, /"(minimum|maximum|enum)"/)
  t.ok(text.includes('training saw 0.2 to 5'))
  t.ok(text.includes('training saw \\"Fair\\", \\"Good\\", \\"Ideal\\"'))
  const mixed = Compile(predictRequest(MIXED, undefined))
  for (const features of [[99, 'Great', 'maybe'], [null, null, 'no'], { 'a/b~c "d"': 'no' }])
    t.ok(mixed.Check({ features }))
  t.notOk(mixed.Check({ features: { carat: 1 } }))
})

t.test('many levels are counted, not listed', async (t) => {
  const levels = Array.from({ length: 1000 }, (_, i) => `level ${i}`)
  const text = JSON.stringify(
    predictRequest(
      { features: [{ name: 'f', type: 'category', missing: false, levels }], target: IRIS.target },
      undefined,
    ),
  )
  t.ok(text.includes('and 980 more'))
  t.ok(text.length < 4000)
})

t.test('the response has the classes, or a value', async (t) => {
  const iris = Compile(predictResponse(IRIS))
  const probabilities = { setosa: 1, versicolor: 0, virginica: 0 }
  t.ok(iris.Check({ prediction: { class_id: 0, class_name: 'setosa', confidence: 1 }, probabilities }))
  t.notOk(iris.Check({ prediction: { class_id: 3, class_name: 'setosa', confidence: 1 }, probabilities }))
  t.notOk(iris.Check({ prediction: { value: 1 } }))
  const mixed = Compile(predictResponse(MIXED))
  t.ok(mixed.Check({ predictions: [{ prediction: { value: 1 } }] }))
  t.notOk(mixed.Check({ prediction: { class_id: 0, class_name: 'setosa', confidence: 1 }, probabilities }))
})

t.test('without a model the forms are the same, only open', async (t) => {
  const request = Compile(predictRequest(undefined, undefined))
  for (const body of [{ features: [1, 'x', null] }, { features: { a: 1 } }, { rows: [[1]] }]) t.ok(request.Check(body))
  t.notOk(request.Check({ rows: [] }))
  t.ok(Compile(predictResponse(undefined)).Check({ prediction: { value: 1 } }))
})
