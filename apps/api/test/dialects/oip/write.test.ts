import t from 'tap'
import { errorText, InferWriter } from '../../../src/dialects/oip/write.ts'
import { ApiError } from '../../../src/errors.ts'
import { IRIS, MIXED } from '../../bundle.ts'

const answers = { rows: 2, outputs: Float64Array.of(1, 0, 0, 0.25, 0.5, 0.25), classIds: Uint16Array.of(0, 1) }
const iris = new InferWriter('iris', '3', IRIS)

t.test('JSON', async (t) => {
  const outputs = [
    { name: 'label', binary: false },
    { name: 'probabilities', binary: false },
  ] as const
  t.strictSame(JSON.parse(iris.write(answers, { rows: 2, id: 'a "b"', outputs }, 'P') as string), {
    model_name: 'iris',
    model_version: '3',
    id: 'a "b"',
    parameters: { prediction_id: 'P' },
    outputs: [
      { name: 'label', datatype: 'BYTES', shape: [2], data: ['setosa', 'versicolor'] },
      { name: 'probabilities', datatype: 'FP64', shape: [2, 3], data: [1, 0, 0, 0.25, 0.5, 0.25] },
    ],
  })
  const one = iris.write(answers, { rows: 2, id: undefined, outputs: outputs.slice(1) }, 'P') as string
  t.notOk('id' in JSON.parse(one))
  t.equal(JSON.parse(one).outputs.length, 1)
})

t.test('regression', async (t) => {
  const writer = new InferWriter('prices', '1', MIXED)
  const numbers = { rows: 2, outputs: Float64Array.of(1.5, 5050.25), classIds: new Uint16Array(0) }
  const text = writer.write(numbers, { rows: 2, id: undefined, outputs: [{ name: 'value', binary: false }] }, 'P')
  t.strictSame(JSON.parse(text as string).outputs, [
    { name: 'value', datatype: 'FP64', shape: [2], data: [1.5, 5050.25] },
  ])
})

t.test('binary tensors follow the JSON in order', async (t) => {
  const outputs = [
    { name: 'probabilities', binary: true },
    { name: 'label', binary: true },
  ] as const
  const answer = iris.write(answers, { rows: 2, id: undefined, outputs }, 'P')
  if (typeof answer === 'string') throw new Error('not binary')
  const { json, tensors } = answer
  t.strictSame(JSON.parse(json.toString()).outputs, [
    { name: 'probabilities', datatype: 'FP64', shape: [2, 3], parameters: { binary_data_size: 48 } },
    { name: 'label', datatype: 'BYTES', shape: [2], parameters: { binary_data_size: 24 } },
  ])
  t.equal(tensors[0]!.readDoubleLE(24), 0.25)
  t.strictSame(tensors[1], Buffer.from('\x06\0\0\0setosa\x0a\0\0\0versicolor'))
  answers.outputs[0] = 0.5
  t.equal(tensors[0]!.readDoubleLE(0), 1, 'copied')
})

t.test('an error is one text that tells where', async (t) => {
  t.equal(errorText(new ApiError('API_ERR_VALUE', 'No.', { path: '/inputs/0' })), '{"error":"No. (at /inputs/0)"}')
  for (const path of ['', undefined])
    t.equal(errorText(new ApiError('API_ERR_BODY', 'No.', { path })), '{"error":"No."}')
})
