import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import { Forest } from '../../src/forest.ts'
import { onnxSize, toOnnx, VERSION } from '../../src/onnx/to-onnx.ts'
import { forestParts, forestShapes } from '../forests.ts'
import { tableOf, treeForest } from '../training-tables.ts'
import { attributes, decode, doubles, type Fields, messages, numbers, strings } from './decode.ts'

const classes = treeForest(tableOf([[1], [2], [3]], [0, 1, 1], { classes: ['no', 'jä'] }))
const values = treeForest(tableOf([[1], [2]], [10, 1e9]))

function graphOf(forest: Forest): Fields {
  return messages(decode(toOnnx(forest)), 7)[0]
}

function ensembleOf(forest: Forest) {
  return attributes(messages(graphOf(forest), 1)[1])
}

t.test('the model says what it is and who made it', async (t) => {
  const model = decode(toOnnx(classes))
  t.same(numbers(model, 1), [8])
  t.same([...strings(model, 2), ...strings(model, 3)], ['copse', VERSION])
  t.same(
    messages(model, 8).map((opset) => [strings(opset, 1)[0], numbers(opset, 2)[0]]),
    [
      ['', 17],
      ['ai.onnx.ml', 3],
    ],
  )
  const metadata = Object.fromEntries(messages(model, 14).map((entry) => [strings(entry, 1)[0], strings(entry, 2)[0]]))
  t.same(JSON.parse(metadata['copse.features']), ['x0'])
  t.equal(metadata['copse.target'], 'y')
  t.same(JSON.parse(metadata['copse.signature']), classes.signature)
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  t.equal(VERSION, manifest.version)
})

t.test('inputs and outputs', async (t) => {
  const shapes = (forest: Forest, field: number) =>
    messages(graphOf(forest), field).map((info) => {
      const [tensor] = messages(messages(info, 2)[0], 1)
      const dimensions = messages(messages(tensor, 2)[0], 1).map((size) => numbers(size, 1)[0] ?? strings(size, 2)[0])
      return [strings(info, 1)[0], numbers(tensor, 1)[0], ...dimensions]
    })
  t.same(shapes(classes, 11), [['features', 1, 'rows', 1]])
  t.same(shapes(classes, 12), [
    ['label', 8, 'rows'],
    ['probabilities', 1, 'rows', 2],
  ])
  t.same(shapes(values, 11), [['features', 1, 'rows', 1]])
  t.same(shapes(values, 12), [['value', 1, 'rows']])
})

t.test('the nodes of the graph', async (t) => {
  const operators = (forest: Forest) =>
    messages(graphOf(forest), 1).map((node) => [
      strings(node, 4)[0],
      strings(node, 7)[0],
      ...strings(node, 1),
      '->',
      ...strings(node, 2),
    ])
  t.same(operators(classes), [
    ['Cast', '', 'features', '->', 'wide'],
    ['TreeEnsembleRegressor', 'ai.onnx.ml', 'wide', '->', 'probabilities'],
    ['ArgMax', '', 'probabilities', '->', 'class_id'],
    ['Gather', '', 'classes', 'class_id', '->', 'label'],
  ])
  t.same(operators(values), [
    ['Cast', '', 'features', '->', 'wide'],
    ['TreeEnsembleRegressor', 'ai.onnx.ml', 'wide', '->', 'values'],
    ['Squeeze', '', 'values', 'axes', '->', 'value'],
  ])
  const [labels] = messages(graphOf(classes), 5)
  t.same([strings(labels, 8)[0], numbers(labels, 2)[0], strings(labels, 6)], ['classes', 8, ['no', 'jä']])
})

t.test('the trees of a small forest of classes', async (t) => {
  t.same(ensembleOf(classes), {
    nodes_treeids: [0, 0, 0],
    nodes_nodeids: [0, 1, 2],
    nodes_featureids: [0, 0, 0],
    nodes_modes: ['BRANCH_LEQ', 'LEAF', 'LEAF'],
    nodes_values: [1.5, 0, 0],
    nodes_truenodeids: [1, 0, 0],
    nodes_falsenodeids: [2, 0, 0],
    nodes_missing_value_tracks_true: [0, 0, 0],
    target_treeids: [0, 0],
    target_nodeids: [1, 2],
    target_ids: [0, 1],
    target_weights: [1, 1],
    n_targets: 2,
  })
})

t.test('values keep float64', async (t) => {
  const { target_weights_as_tensor: tensor, n_targets, ...rest } = ensembleOf(values)
  t.notOk('target_weights' in rest)
  t.equal(n_targets, 1)
  t.same([numbers(tensor as Fields, 1), numbers(tensor as Fields, 2)], [[2], [11]])
  t.same(doubles((tensor as Fields).find(([field]) => field === 9)![1] as Uint8Array), [10, 1e9])
})

t.test('the bytes of a model, fixed', async (t) => {
  const hex = Buffer.from(toOnnx(classes)).toString('hex')
  const begin = '08081205636f7073651a05302e312e303a' // ir_version 8, producer copse 0.1.0, graph
  t.equal(hex.slice(0, begin.length), begin)
  const thresholds = '2a1f0a0c6e6f6465735f76616c7565733a0c0000c03f0000000000000000a00106' // nodes_values 1.5, 0, 0
  t.ok(hex.includes(thresholds))
})

t.test('the same forest gives the same bytes, of the length that was told', async () => {
  fc.assert(
    fc.property(forestShapes, (shape) => {
      const forest = Forest.fromTrees(forestParts(shape))
      const model = toOnnx(forest)
      return model.length === onnxSize(forest) && Buffer.compare(model, toOnnx(Forest.from(forest.data))) === 0
    }),
    { numRuns: 50 },
  )
})

t.test('a value beyond float32 is refused', async (t) => {
  const forest = treeForest(tableOf([[1], [2]], [0, 1e39]))
  t.throws(() => toOnnx(forest), { name: 'ModelError', code: 'MODEL_ERR_ONNX', message: /value 1e\+39, expected/ })
  t.throws(() => onnxSize(forest), { code: 'MODEL_ERR_ONNX' })
})
