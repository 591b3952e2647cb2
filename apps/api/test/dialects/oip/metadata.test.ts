import t from 'tap'
import { inputsOf, modelConfig, modelMetadata, outputsOf } from '../../../src/dialects/oip/metadata.ts'
import type { ServedModel } from '../../../src/model/served.ts'
import { IRIS, MIXED } from '../../bundle.ts'

const model = { name: 'iris', version: '3', signature: IRIS, bundle: { sha256: 'abc' } } as ServedModel

t.test('a model of numbers takes one tensor, one with categories a tensor a feature', async (t) => {
  t.strictSame(inputsOf(IRIS), [{ name: 'features', datatype: 'FP32', shape: [-1, 4] }])
  t.strictSame(inputsOf(MIXED), [
    { name: 'carat', datatype: 'FP32', shape: [-1, 1] },
    { name: 'cut', datatype: 'BYTES', shape: [-1, 1] },
    { name: 'a/b~c "d"', datatype: 'BYTES', shape: [-1, 1] },
  ])
  t.strictSame(outputsOf(MIXED), [{ name: 'value', datatype: 'FP64', shape: [-1] }])
})

t.test('metadata', async (t) => {
  t.strictSame(modelMetadata(model, ['3']), {
    name: 'iris',
    versions: ['3'],
    platform: 'copse_forest',
    inputs: inputsOf(IRIS),
    outputs: [
      { name: 'label', datatype: 'BYTES', shape: [-1] },
      { name: 'probabilities', datatype: 'FP64', shape: [-1, 3] },
    ],
    properties: { features: '["sepal_length","sepal_width","petal_length","petal_width"]', sha256: 'abc' },
  })
})

t.test("Triton's configuration, rows being its batch", async (t) => {
  t.match(modelConfig(model, 10_000), {
    name: 'iris',
    max_batch_size: 10_000,
    input: [{ name: 'features', data_type: 'TYPE_FP32', dims: [4] }],
    output: [
      { name: 'label', data_type: 'TYPE_STRING', dims: [1] },
      { name: 'probabilities', data_type: 'TYPE_FP64', dims: [3] },
    ],
  })
})
