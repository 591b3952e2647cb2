import { readCsv } from '@copse/dataset'
import { train } from '@copse/model'
import t from 'tap'
import { mlflowFiles } from '../src/mlflow-files.ts'
import { gems, prices, save } from './tables.ts'

async function filesOf(directory: string, text: string, target: string, onnx = true) {
  const table = await readCsv(save(directory, 'gems.csv', text), { target })
  const forest = await train(table, { nEstimators: 2, seed: 1 })
  const others = new Map<string, Uint8Array | string>([['forest.copse', Uint8Array.of(1, 2, 3)]])
  if (onnx) others.set('model.onnx', 'ü')
  const files = mlflowFiles(forest, table, others)
  return { files, table, model: JSON.parse(String(files.get('MLmodel'))), others }
}

t.test('the description of a model that Python can load', async (t) => {
  const { files, model } = await filesOf(t.testdir(), gems(), 'sold')
  t.strictSame([...files.keys()].sort(), [
    'MLmodel',
    'conda.yaml',
    'input_example.json',
    'python_env.yaml',
    'requirements.txt',
    'serving_input_example.json',
  ])
  t.strictSame(Object.keys(model.flavors), ['copse', 'onnx', 'python_function'])
  t.match(model.flavors.python_function, {
    data: 'model.onnx',
    loader_module: 'mlflow.onnx',
    env: { conda: 'conda.yaml', virtualenv: 'python_env.yaml' },
  })
  t.match(model.flavors.onnx, { data: 'model.onnx', providers: ['CPUExecutionProvider'] })
  t.strictSame(JSON.parse(model.signature.inputs), [
    { type: 'tensor', 'tensor-spec': { dtype: 'float64', shape: [-1, 3] } },
  ])
  t.strictSame(JSON.parse(model.signature.outputs), [
    { name: 'label', type: 'tensor', 'tensor-spec': { dtype: 'str', shape: [-1] } },
    { name: 'probabilities', type: 'tensor', 'tensor-spec': { dtype: 'float32', shape: [-1, 2] } },
  ])
  for (const name of ['artifact_path', 'model_id', 'run_id', 'utc_time_created']) t.notOk(name in model, name)
  const rest = [...files].filter(([name]) => name !== 'MLmodel').map(([, content]) => content.length)
  t.equal(model.model_size_bytes, 3 + 2 + rest.reduce((a, b) => a + b), 'all files but this one')
})

t.test('a number target has one output', async (t) => {
  const { model } = await filesOf(t.testdir(), prices(), 'price')
  t.strictSame(JSON.parse(model.signature.outputs), [
    { name: 'value', type: 'tensor', 'tensor-spec': { dtype: 'float32', shape: [-1] } },
  ])
})

t.test('without model.onnx it is a model of Copse alone', async (t) => {
  const { files, model } = await filesOf(t.testdir(), gems(), 'sold', false)
  t.strictSame([...files.keys()].sort(), ['MLmodel', 'input_example.json', 'serving_input_example.json'])
  t.strictSame(model.flavors, { copse: { data: 'forest.copse' } })
})

t.test('the examples are rows of numbers from all over the table, whole ones first', async (t) => {
  const text = 'a,c,y\n,x,1\n1.1,y,2\n2,,3\n3,x,4\n4,y,5\n5,x,6\n6,y,7\n'
  const { files } = await filesOf(t.testdir(), text, 'y')
  const rows = [
    [1.1, 1],
    [3, 0],
    [5, 0],
  ]
  t.strictSame(JSON.parse(String(files.get('input_example.json'))), rows)
  t.strictSame(JSON.parse(String(files.get('serving_input_example.json'))), { inputs: rows })
  const { files: holes } = await filesOf(t.testdirName, 'a,b,y\n,1,1\n,2,2\n3,,3\n4,4,4\n', 'y')
  t.strictSame(JSON.parse(String(holes.get('input_example.json'))), [
    [4, 4],
    [null, 1],
    [null, 2],
  ])
})

t.test('the environment pins what the tests load the model with, and quotes every text', async (t) => {
  const { files } = await filesOf(t.testdir(), gems(), 'sold')
  const requirements = String(files.get('requirements.txt')).trim().split('\n')
  t.strictSame(
    requirements.map((line) => line.split('==')[0]),
    ['mlflow', 'onnx', 'onnxruntime'],
  )
  for (const requirement of requirements) {
    t.match(requirement, /^\w+==\d+\.\d+\.\d+$/)
    t.match(files.get('conda.yaml'), `  - "${requirement}"`)
  }
  for (const name of ['conda.yaml', 'python_env.yaml']) {
    for (const line of String(files.get(name)).trim().split('\n'))
      t.match(line, /^(\w+: )?(\s*- )?("[^"]+"|\w+:)$/, line)
  }
})
