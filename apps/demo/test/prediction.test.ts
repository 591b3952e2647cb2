import type { Target } from '@copse/dataset'
import fc from 'fast-check'
import t from 'tap'
import { readPrediction } from '../src/prediction.ts'

const species: Target = { name: 'species', type: 'class', classes: ['setosa', 'virginica'] }
const price: Target = { name: 'price', type: 'number' }
const prediction = { class_id: 1, class_name: 'virginica', confidence: 0.9 }
const probabilities = { setosa: 0.1, virginica: 0.9 }

t.test('a class has its name and confidence, a number its value', async (t) => {
  t.strictSame(readPrediction({ prediction, probabilities }, species), { answer: 'virginica', confidence: 0.9 })
  const value = { answer: '4123.5', confidence: undefined }
  t.strictSame(readPrediction({ prediction: { value: 4123.5000001 } }, price), value)
})

t.test('a malformed answer is told in a sentence', async (t) => {
  const odd: [object, RegExp][] = [
    [{}, /class_id and class_name/],
    [{ prediction: { ...prediction, class_id: 0 }, probabilities }, /class_id and class_name/],
    [{ prediction: { ...prediction, class_name: 'rose' }, probabilities }, /class_id and class_name/],
    [{ prediction: { ...prediction, confidence: '0.9' }, probabilities }, /no number prediction\.confidence/],
    [{ prediction }, /each class a probability/],
    [{ prediction, probabilities: { virginica: 1 } }, /each class a probability/],
    [{ prediction, probabilities: { ...probabilities, rose: 0 } }, /each class a probability/],
    [{ prediction, probabilities: { setosa: -0.1, virginica: 1.1 } }, /each class a probability/],
    [{ prediction, probabilities: { setosa: 0.2, virginica: 0.9 } }, /sum to 1\.1/],
    [{ prediction: { ...prediction, confidence: 0.8 }, probabilities }, /greatest probability/],
    [{ prediction: { class_id: 0, class_name: 'setosa', confidence: 0.1 }, probabilities }, /greatest probability/],
  ]
  for (const [json, message] of odd) t.match(readPrediction(json, species), message, JSON.stringify(json))
  t.match(readPrediction({ prediction: { value: '1' } }, price), /no number prediction\.value/)
})

t.test('any JSON is a prediction or a sentence', async () => {
  fc.assert(fc.property(fc.jsonValue(), (json) => typeof readPrediction(json, species) === 'string'))
})
