import type { Forest } from '@copse/model'
import type { BundleFiles } from './bundle.ts'
import { type FeatureColumns, shortest } from './golden.ts'

/** What MLflow loads the model with, as tried by this repository's tests; Python from 3.11 on. */
const PYTHON = '3.11.9'
const MLFLOW = '3.17.2'
const ONNX = '1.23.2'
const REQUIREMENTS = [`mlflow==${MLFLOW}`, `onnx==${ONNX}`, 'onnxruntime==1.32.0']

const EXAMPLE_ROWS = 3

/**
 * The files by which MLflow knows the bundle: `MLmodel` and the input examples, and with `model.onnx`, in `others`, the
 * environment that Python loads it in. `MLmodel` is written as JSON, which is YAML in which no text can be taken for a
 * date or a boolean. It lacks the ids of model and run, which are given when it is logged.
 */
export function mlflowFiles(forest: Forest, table: FeatureColumns, others: BundleFiles): BundleFiles {
  const example = exampleRows(table)
  const environment = others.has('model.onnx') ? ENVIRONMENT : []
  const files = new Map<string, string>([
    ['input_example.json', `${JSON.stringify(example)}\n`],
    ['serving_input_example.json', `${JSON.stringify({ inputs: example }, null, 2)}\n`],
    ...environment,
  ])
  const size = [...others.values(), ...files.values()].reduce((sum, content) => sum + Buffer.byteLength(content), 0)
  return files.set('MLmodel', `${JSON.stringify(description(forest, size, environment.length > 0), null, 2)}\n`)
}

function description(forest: Forest, size: number, onnx: boolean): object {
  return {
    flavors: { copse: { data: 'forest.copse' }, ...(onnx ? ONNX_FLAVORS : {}) },
    is_signature_from_type_hint: false,
    mlflow_version: MLFLOW,
    model_size_bytes: size,
    prompts: null,
    saved_input_example_info: {
      artifact_path: 'input_example.json',
      serving_input_path: 'serving_input_example.json',
      type: 'ndarray',
    },
    signature: signature(forest),
    type_hint_from_example: false,
  }
}

const ONNX_FLAVORS = {
  onnx: {
    code: null,
    data: 'model.onnx',
    onnx_session_options: null,
    onnx_version: ONNX,
    providers: ['CPUExecutionProvider'],
  },
  python_function: {
    data: 'model.onnx',
    env: { conda: 'conda.yaml', virtualenv: 'python_env.yaml' },
    loader_module: 'mlflow.onnx',
    python_version: PYTHON,
  },
}

/**
 * The input is one float64 tensor without a name: of all schemas the one that MLflow takes arrays, data frames of any
 * column names, and every form of request by.
 */
function signature(forest: Forest): object {
  const { features, target } = forest.signature
  const tensor = (dtype: string, shape: number[]) => ({ type: 'tensor', 'tensor-spec': { dtype, shape } })
  const outputs =
    target.type === 'class'
      ? [
          { name: 'label', ...tensor('str', [-1]) },
          { name: 'probabilities', ...tensor('float32', [-1, target.classes.length]) },
        ]
      : [{ name: 'value', ...tensor('float32', [-1]) }]
  return {
    inputs: JSON.stringify([tensor('float64', [-1, features.length])]),
    outputs: JSON.stringify(outputs),
    params: null,
  }
}

const ENVIRONMENT: [name: string, content: string][] = [
  ['requirements.txt', `${REQUIREMENTS.join('\n')}\n`],
  [
    'conda.yaml',
    [
      'name: "mlflow-env"',
      'channels:',
      '- "conda-forge"',
      'dependencies:',
      `- "python=${PYTHON}"`,
      '- "pip"',
      '- pip:',
      ...REQUIREMENTS.map((requirement) => `  - "${requirement}"`),
      '',
    ].join('\n'),
  ],
  [
    'python_env.yaml',
    [
      `python: "${PYTHON}"`,
      'build_dependencies:',
      '- "pip"',
      '- "setuptools"',
      '- "wheel"',
      'dependencies:',
      '- "-r requirements.txt"',
      '',
    ].join('\n'),
  ],
]

/** Rows from all over the table that lack no value, where there are enough of them; a missing value is null. */
function exampleRows({ rows, columns }: FeatureColumns): (number | null)[][] {
  const all = Array.from({ length: rows }, (_, row) => row)
  const whole = all.filter((row) => columns.every((column) => !Number.isNaN(column[row])))
  const from = whole.length < EXAMPLE_ROWS ? [...new Set([...whole, ...all])].slice(0, EXAMPLE_ROWS) : whole
  const count = Math.min(EXAMPLE_ROWS, from.length)
  return Array.from({ length: count }, (_, i) => from[Math.floor((i * from.length) / count)]!).map((row) =>
    columns.map((column) => (Number.isNaN(column[row]) ? null : shortest(column[row]!))),
  )
}
