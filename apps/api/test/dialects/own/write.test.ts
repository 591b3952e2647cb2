import fc from 'fast-check'
import t from 'tap'
import { answerWriter } from '../../../src/dialects/own/write.ts'
import type { Answers } from '../../../src/model/served.ts'
import { IRIS, MIXED } from '../../bundle.ts'

function answers(outputs: number[], classIds: number[] = []): Answers {
  return {
    rows: classIds.length || outputs.length,
    outputs: Float64Array.from(outputs),
    classIds: Uint16Array.from(classIds),
  }
}

t.test('a class with its probabilities', async (t) => {
  const { one, many } = answerWriter(IRIS)
  t.equal(
    one(answers([1, 0, 0], [0])),
    '{"prediction":{"class_id":0,"class_name":"setosa","confidence":1},"probabilities":{"setosa":1,"versicolor":0,"virginica":0}}',
  )
  t.strictSame(JSON.parse(many(answers([1, 0, 0, 0.1, 0.2, 0.7], [0, 2]))), {
    predictions: [
      {
        prediction: { class_id: 0, class_name: 'setosa', confidence: 1 },
        probabilities: { setosa: 1, versicolor: 0, virginica: 0 },
      },
      {
        prediction: { class_id: 2, class_name: 'virginica', confidence: 0.7 },
        probabilities: { setosa: 0.1, versicolor: 0.2, virginica: 0.7 },
      },
    ],
  })
})

t.test('a value', async (t) => {
  const { one, many } = answerWriter(MIXED)
  t.equal(one(answers([4123.5])), '{"prediction":{"value":4123.5}}')
  t.equal(many(answers([1, 2])), '{"predictions":[{"prediction":{"value":1}},{"prediction":{"value":2}}]}')
})

t.test('is JSON of the same numbers for any names and numbers', async (t) => {
  const names = fc.uniqueArray(fc.string({ unit: 'binary' }), { minLength: 2, maxLength: 5 })
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(names, fc.array(share, { minLength: 5, maxLength: 5 }), fc.nat(), (classes, shares, k) => {
      const outputs = shares.slice(0, classes.length)
      const best = k % classes.length
      const { one } = answerWriter({ features: [], target: { name: 'y', type: 'class', classes } })
      const { prediction, probabilities } = JSON.parse(one(answers(outputs, [best])))
      const right =
        prediction.class_id === best &&
        prediction.class_name === classes[best] &&
        prediction.confidence === outputs[best] &&
        classes.every((name, i) => Object.getOwnPropertyDescriptor(probabilities, name)?.value === outputs[i])
      if (!right) throw new Error(JSON.stringify(prediction))
    }),
  )
  t.pass()
})
