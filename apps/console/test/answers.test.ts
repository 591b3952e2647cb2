import t from 'tap'
import {
  readAnswer,
  readAnswers,
  readEvaluation,
  readExamples,
  readInfo,
  readModels,
  type Target,
} from '../src/answers.ts'

const SPECIES: Target = { name: 'species', type: 'class', classes: ['2', '1', '__proto__'] }
const PRICE: Target = { name: 'price', type: 'number' }

t.test('probabilities stand in the order of the classes, whatever these are called', async (t) => {
  const json = JSON.parse(
    '{"prediction":{"class_id":0,"class_name":"2","confidence":0.5},"probabilities":{"2":0.5,"1":0.3,"__proto__":0.2}}',
  )
  t.strictSame(readAnswer(json, SPECIES), { type: 'class', best: 0, confidence: 0.5, probabilities: [0.5, 0.3, 0.2] })
  t.equal(readAnswers({ predictions: [json, json] }, SPECIES).length, 2)
})

t.test('a value is a value', async (t) => {
  t.strictSame(readAnswer({ prediction: { value: 4123.5 } }, PRICE), { type: 'number', value: 4123.5 })
})

t.test('what is not what a service answers is refused', async (t) => {
  const broken = { name: 'Refusal' }
  for (const json of [null, [], 'x', {}, { prediction: 1 }, { prediction: { value: '1' } }]) {
    t.throws(() => readAnswer(json, PRICE), broken)
    t.throws(() => readAnswer(json, SPECIES), broken)
    t.throws(() => readInfo(json), broken)
    t.throws(() => readModels(json), broken)
    t.throws(() => readExamples(json), broken)
    t.throws(() => readEvaluation(json), broken)
  }
  t.throws(() => readModels({ models: [] }), broken)
  t.throws(
    () => readInfo({ name: 'x', signature: { features: [], target: PRICE }, training: { importances: [] } }),
    broken,
  )
  t.throws(() => readExamples({ examples: [{ features: 'x' }] }), broken)
})
