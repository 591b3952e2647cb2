import * as onnxruntime from 'onnxruntime-web/wasm'
import t from 'tap'
import { Forest, type ForestParts } from '../../src/forest.ts'
import { encodeMessage, floats, integer, integers, message, type Part, text, texts } from '../../src/onnx/protobuf.ts'
import { toOnnx } from '../../src/onnx/to-onnx.ts'
import { resolveParameters } from '../../src/parameters.ts'
import type { Signature, Table } from '../../src/table.ts'
import { train } from '../../src/train.ts'
import { LEAF, SUBSET, type Trees } from '../../src/trees.ts'
import { forestParts, randomRows } from '../forests.ts'
import { irisTable, randomNumbers } from '../tables.ts'
import { type Cells, tableOf } from '../training-tables.ts'

onnxruntime.env.wasm.numThreads = 1

/** Where the two best shares are closer than this, either label is right. */
const TIE = 1e-5

interface Answers {
  labels: string[]
  numbers: Float32Array
}

/** Answers of a model to row-major rows. */
async function run(model: Uint8Array, rows: Float32Array, features: number): Promise<Answers> {
  const session = await onnxruntime.InferenceSession.create(model, { logSeverityLevel: 3 })
  try {
    const input = new onnxruntime.Tensor('float32', rows, [rows.length / features, features])
    const { label, probabilities, value } = await session.run({ features: input })
    return { labels: (label?.data ?? []) as string[], numbers: (probabilities ?? value).data as Float32Array }
  } finally {
    await session.release()
  }
}

/** Compares a forest and its ONNX model on every row; answers what is wrong, at most a few. */
async function differences(forest: Forest, rows: Float32Array): Promise<string[]> {
  const { features, target } = forest.signature
  const { labels, numbers } = await run(toOnnx(forest), rows, features.length)
  const count = rows.length / features.length
  const expected = new Float64Array(count * forest.outputs)
  forest.predictInto(rows, expected)
  const wrong: string[] = []
  if (numbers.length !== expected.length) return [`${numbers.length} numbers for ${expected.length}`]
  expected.forEach((value, i) => {
    const allowed = target.type === 'class' ? 5e-6 : 1e-5 * Math.abs(value)
    if (!(Math.abs(numbers[i] - value) <= allowed)) wrong.push(`number ${i}: ${numbers[i]} for ${value}`)
  })
  if (target.type === 'number') return wrong
  const ids = new Uint16Array(count)
  forest.predictClassesInto(rows, ids)
  for (let row = 0; row < count; row++) {
    const [best, second] = [...expected.subarray(row * forest.outputs, (row + 1) * forest.outputs)].sort(
      (a, b) => b - a,
    )
    if (labels[row] === target.classes[ids[row]] || best - second < TIE) continue
    wrong.push(`row ${row}: label ${labels[row]} for ${target.classes[ids[row]]}`)
  }
  return wrong
}

t.test('iris', async (t) => {
  const { rows, target, signature } = irisTable()
  const columns = signature.features.map((_, f) => Float32Array.from(rows, (row) => row[f]))
  const forest = await train({ signature, rows: rows.length, columns, target: Uint16Array.from(target) }, { seed: 7 })
  t.same(await differences(forest, Float32Array.from(rows.flat())), [])
})

for (const classes of [2, 3, 26]) {
  t.test(`${classes} classes of numbers and categories, with missing values and levels not seen`, async (t) => {
    const { table, rows } = mixedTable(classes, 600)
    const forest = await train(table, { seed: 3, nEstimators: 60, minSamplesLeaf: classes === 3 ? 5 : 1 })
    t.same(await differences(forest, rows), [])
  })
}

t.test('regression, also where values cancel out', async (t) => {
  const { table, rows } = mixedTable(0, 600)
  const forest = await train(table, { seed: 3, nEstimators: 60 })
  t.same(await differences(forest, rows), [])
  const centred = { ...table, target: table.target.map((value) => (value - 500) * 1e6) as Float64Array }
  t.same(await differences(await train(centred, { seed: 3, nEstimators: 60 }), rows), [])
})

t.test('random trees of every kind', async (t) => {
  let rowsTried = 0
  for (let seed = 0; seed < 150; seed++) {
    const shape = { seed, features: 1 + (seed % 6), trees: 1 + (seed % 4), depth: seed % 7, pure: seed % 2 === 0 }
    const kind = { classes: [0, 2, 3, 7, 26][seed % 5], plain: seed % 3 === 0, vote: seed % 11 === 0 }
    const forest = Forest.fromTrees(forestParts({ ...shape, ...kind }))
    const wrong = await differences(forest, randomRows(forest.signature, 64, seed + 1))
    if (wrong.length > 0) t.fail(`seed ${seed}: ${wrong.slice(0, 3).join('; ')}`)
    rowsTried += 64
  }
  t.equal(rowsTried, 9600)
})

t.test('the float32 threshold: rounded up, it would send the larger value left', async (t) => {
  const above = 1 + 2 ** -23
  const further = 1 + 2 ** -22
  t.equal(Math.fround((above + further) / 2), further, 'the midpoint rounds to the larger value')
  const table = tableOf([[above], [further]], [0, 1], { classes: 2 })
  const forest = await train(table, { nEstimators: 1, bootstrap: false })
  const { labels } = await run(toOnnx(forest), Float32Array.of(above, further, 1, 2), 1)
  t.same(labels, ['c0', 'c1', 'c0', 'c1'])
})

t.test('the trap of two classes', async (t) => {
  t.test('a classifier with a weight for each of two classes answers the second one for every row', async (t) => {
    const { labels, numbers } = await run(twoClassClassifier(), Float32Array.of(0, 1), 1)
    t.same(
      Array.from(numbers, (share) => Number(share.toFixed(6))),
      [0.9, 0.1, 0.2, 0.8],
    )
    t.same(labels, ['b', 'b'])
  })
  t.test('ours answers the class with the higher share', async (t) => {
    const forest = stump([0, 0.9, 1, 0.1], [0, 0.2, 1, 0.8], ['a', 'b'])
    const { labels, numbers } = await run(toOnnx(forest), Float32Array.of(0, 1), 1)
    t.same(
      Array.from(numbers, (share) => Number(share.toFixed(6))),
      [0.9, 0.1, 0.2, 0.8],
    )
    t.same(labels, ['a', 'b'])
  })
  t.test('the first class wins a tie', async (t) => {
    const forest = stump([0, 0.5, 1, 0.5], [0, 0.5, 1, 0.5], ['b', 'a'])
    t.same((await run(toOnnx(forest), Float32Array.of(0, 1), 1)).labels, ['b', 'b'])
    const votes = await train(tableOf([[1], [2]], [0, 1], { classes: 2 }), { nEstimators: 64, seed: 5 })
    t.same(await differences(votes, Float32Array.of(1, 1.5, 2)), [])
  })
})

t.test('two chains on one feature stay two, although their leaves weigh the same', async (t) => {
  const levels = Array.from({ length: 6 }, (_, level) => `l${level}`)
  const trees: Trees = {
    treeStart: Uint32Array.of(0, 5),
    feature: Uint16Array.of(0, LEAF, 0, LEAF, LEAF),
    threshold: new Float32Array(5),
    right: Uint32Array.of(2, 0, 2, 1, 2),
    flags: Uint8Array.of(SUBSET, 0, SUBSET, 0, 0),
    subsetNode: Uint32Array.of(0, 2),
    subsetStart: Uint32Array.of(0, 1, 2),
    subsets: Uint32Array.of(0b000110, 0b011000),
    leafStart: Uint32Array.of(0, 1, 2, 3),
    leafClass: Uint16Array.of(0, 1, 2),
    leafShare: Float64Array.of(1, 1, 1),
  }
  const signature: Signature = {
    features: [{ name: 'c', type: 'category', missing: true, levels }],
    target: { name: 'y', type: 'class', classes: ['a', 'b', 'c'] },
  }
  const rows = Float32Array.of(0, 1, 2, 3, 4, 5, 6, 1.5, -1, Number.NaN)
  const { labels } = await run(toOnnx(Forest.fromTrees(parts(signature, trees))), rows, 1)
  t.same(labels, ['c', 'a', 'a', 'b', 'b', 'c', 'c', 'c', 'c', 'c'])
})

t.test('a category of 5,000 levels', async (t) => {
  const levels = Array.from({ length: 5000 }, (_, level) => `l${level}`)
  const words = Math.ceil(5000 / 32)
  const { trees } = stumpParts([0, 1], [1, 1], ['a', 'b'])
  const bits = new Uint32Array(words).fill(0x55555555)
  bits[words - 1] &= 0xff
  const split = { threshold: new Float32Array(3), flags: Uint8Array.of(SUBSET, 0, 0), subsetNode: Uint32Array.of(0) }
  const signature: Signature = {
    features: [{ name: 'c', type: 'category', missing: true, levels }],
    target: { name: 'y', type: 'class', classes: ['a', 'b'] },
  }
  const forest = Forest.fromTrees(
    parts(signature, { ...trees, ...split, subsetStart: Uint32Array.of(0, words), subsets: bits }),
  )
  t.same(
    await differences(
      forest,
      Float32Array.from({ length: 10020 }, (_, i) => i / 2),
    ),
    [],
  )
})

t.test('the sums do not lose precision over a thousand equal trees', async (t) => {
  const table = tableOf([[1], [1], [1], [2], [2], [2]], [0, 0, 1, 1, 2, 2], { classes: 3 })
  const settings = { nEstimators: 1000, bootstrap: false, maxFeatures: 'all' } as const
  t.same(await differences(await train(table, settings), Float32Array.of(1, 2)), [])
  const numbers = tableOf([[1], [2], [3]], [0.1, 1e7 + 0.3, -7])
  t.same(await differences(await train(numbers, settings), Float32Array.of(1, 2, 3)), [])
})

t.test('voting trees give shares of votes, and a tie goes to the first class', async (t) => {
  const shape = { seed: 4, features: 3, classes: 3, trees: 9, depth: 3, pure: false, plain: true, vote: true }
  const forest = Forest.fromTrees({ ...forestParts(shape), ties: 'first-reached' })
  const rows = randomRows(forest.signature, 64, 1)
  t.same(await differences(forest, rows), [])
  const tied = Forest.fromTrees({
    ...stumpParts([1, 1], [1, 1], ['a', 'b']),
    aggregation: 'vote',
    ties: 'first-reached',
  })
  t.same((await run(toOnnx(tied), Float32Array.of(0, 1), 1)).labels, ['b', 'b'])
})

/** Rows with a category, missing values, and after them rows to predict with levels that no training row has. */
function mixedTable(classes: number, count: number): { table: Table; rows: Float32Array } {
  const random = randomNumbers(classes + 1)
  const cells: Cells = Array.from({ length: count }, () => [
    random() < 0.1 ? null : Math.round(random() * 40) / 10,
    random() < 0.1 ? null : Math.floor(random() * 12),
    random() * 1e-3,
    Math.floor(random() * 70),
  ])
  const target = cells.map(([number, level, , other], i) => {
    if (classes > 0 && i < classes) return i
    const score = (number ?? 1) * 90 + ((level ?? 5) % 5) * 60 + (other! % 7) * 40 + random() * 100
    return classes === 0 ? score : Math.min(classes - 1, Math.floor((score / 960) * classes))
  })
  const table = tableOf(cells, target, { classes, levels: { 1: 12, 3: 70 } })
  const strange = cells.map(([number, level, small]) => [number, random() < 0.5 ? 12 + level! : 0.5, small, 70])
  const rows = [...cells, ...strange].flat().map((value) => value ?? Number.NaN)
  return { table, rows: Float32Array.from(rows) }
}

/** One split at 0.5; a leaf is a flat list of class and share. */
function stump(left: number[], right: number[], classes: string[]): Forest {
  return Forest.fromTrees(stumpParts(left, right, classes))
}

function stumpParts(left: number[], right: number[], classes: string[]): ForestParts {
  const entries = [...left, ...right]
  const trees: Trees = {
    treeStart: Uint32Array.of(0, 3),
    feature: Uint16Array.of(0, LEAF, LEAF),
    threshold: Float32Array.of(0.5, 0, 0),
    right: Uint32Array.of(2, 0, 1),
    flags: new Uint8Array(3),
    subsetNode: new Uint32Array(0),
    subsetStart: Uint32Array.of(0),
    subsets: new Uint32Array(0),
    leafStart: Uint32Array.of(0, left.length / 2, entries.length / 2),
    leafClass: Uint16Array.from(entries.filter((_, i) => i % 2 === 0)),
    leafShare: Float64Array.from(entries.filter((_, i) => i % 2 === 1)),
  }
  const signature: Signature = {
    features: [{ name: 'x', type: 'number', missing: false, min: 0, max: 1 }],
    target: { name: 'y', type: 'class', classes },
  }
  return parts(signature, trees)
}

function parts(signature: Signature, trees: Trees): ForestParts {
  const parameters = resolveParameters({ nEstimators: 1 }, signature.target)
  const summary = { rows: 1, importances: signature.features.map(() => 0), warnings: [], quantized: [] }
  return { signature, parameters, summary, aggregation: 'mean', trees }
}

/** The form that other writers use: x <= 0.5 gives .9 and .1, else .2 and .8. */
function twoClassClassifier(): Uint8Array {
  const ints = (name: string, ...values: number[]) =>
    message(5, [text(1, name), integers(8, (take) => values.forEach((value) => void take(value))), integer(20, 7)])
  const floating = (name: string, ...values: number[]) =>
    message(5, [
      text(1, name),
      floats(7, values.length, (take) => values.forEach((value) => void take(value))),
      integer(20, 6),
    ])
  const choices = (name: string, ...values: string[]) =>
    message(5, [text(1, name), texts(9, values, (take) => values.forEach((_, i) => void take(i))), integer(20, 8)])
  const tensor = (field: number, name: string, type: number, width: number[]): Part => {
    const shape = [message(1, [text(2, 'rows')]), ...width.map((size) => message(1, [integer(1, size)]))]
    return message(field, [text(1, name), message(2, [message(1, [integer(1, type), message(2, shape)])])])
  }
  const classifier = message(1, [
    text(1, 'features'),
    text(2, 'label'),
    text(2, 'probabilities'),
    text(4, 'TreeEnsembleClassifier'),
    ints('nodes_treeids', 0, 0, 0),
    ints('nodes_nodeids', 0, 1, 2),
    ints('nodes_featureids', 0, 0, 0),
    choices('nodes_modes', 'BRANCH_LEQ', 'LEAF', 'LEAF'),
    floating('nodes_values', 0.5, 0, 0),
    ints('nodes_truenodeids', 1, 0, 0),
    ints('nodes_falsenodeids', 2, 0, 0),
    ints('class_treeids', 0, 0, 0, 0),
    ints('class_nodeids', 1, 1, 2, 2),
    ints('class_ids', 0, 1, 0, 1),
    floating('class_weights', 0.9, 0.1, 0.2, 0.8),
    choices('classlabels_strings', 'a', 'b'),
    text(7, 'ai.onnx.ml'),
  ])
  const graph = [
    classifier,
    text(2, 'trap'),
    tensor(11, 'features', 1, [1]),
    tensor(12, 'label', 8, []),
    tensor(12, 'probabilities', 1, [2]),
  ]
  const opset = (domain: string, version: number) => message(8, [text(1, domain), integer(2, version)])
  return encodeMessage([integer(1, 8), message(7, graph), opset('', 17), opset('ai.onnx.ml', 3)])
}
