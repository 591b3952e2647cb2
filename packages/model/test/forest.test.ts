import fc from 'fast-check'
import t from 'tap'
import { Forest, type ForestParts } from '../src/forest.ts'
import type { Signature } from '../src/table.ts'
import { LEAF } from '../src/trees.ts'
import { BLOCK_ROWS } from '../src/walker.ts'
import { forestParts, forestShapes, randomRows } from './forests.ts'

t.test('says what it was made of', async (t) => {
  fc.assert(
    fc.property(forestShapes, (shape) => {
      const parts = forestParts(shape)
      const forest = Forest.fromTrees(parts)
      t.same(forest.signature, parts.signature)
      t.same(forest.parameters, parts.parameters)
      t.same(forest.summary, parts.summary)
      t.same(forest.trees, parts.trees)
      t.equal(forest.aggregation, parts.aggregation)
      t.equal(forest.ties, parts.ties ?? 'first-class')
      t.equal(forest.treeCount, shape.trees)
      t.equal(forest.nodeCount, parts.trees.feature.length)
      t.equal(forest.outputs, shape.classes || 1)
      t.equal(Buffer.compare(Forest.from(forest.data).data, forest.data), 0)
    }),
    { numRuns: 50 },
  )
})

t.test('parts that make no forest are refused', async (t) => {
  const parts = forestParts({ ...shape, depth: 0 })
  const refused = { name: 'ModelError', code: 'MODEL_ERR_FILE_STRUCTURE' }
  t.throws(() => Forest.fromTrees({ ...parts, trees: { ...parts.trees, right: Uint32Array.of(1) } }), refused)
  t.throws(() => Forest.fromTrees({ ...parts, aggregation: 'median' as never }), refused)
  t.throws(() => Forest.fromTrees({ ...parts, signature: {} as never }), refused)
})

t.test('row-major numbers of any kind and columns give the same answers, in blocks or alone', async (t) => {
  for (const classes of [3, 0]) {
    const forest = Forest.fromTrees(forestParts({ ...shape, classes }))
    const features = forest.signature.features.length
    const count = BLOCK_ROWS * 2 + 77
    const rows = randomRows(forest.signature, count, 8)
    const columns = Array.from({ length: features }, (_, f) =>
      Float32Array.from({ length: count }, (_, row) => rows[row * features + f]),
    )
    const expected = new Float64Array(count * forest.outputs)
    for (let row = 0; row < count; row++) {
      const one = expected.subarray(row * forest.outputs, (row + 1) * forest.outputs)
      forest.predictInto(rows.subarray(row * features, (row + 1) * features), one)
    }
    for (const form of [rows, Float64Array.from(rows), Array.from(rows), columns]) {
      const out = new Float64Array(count * forest.outputs)
      forest.predictInto(form, out)
      t.equal(Buffer.compare(bytes(out), bytes(expected)), 0)
    }
  }
})

t.test('predict, predictProba and predictClassesInto agree with predictInto', async (t) => {
  const forest = Forest.fromTrees(forestParts({ ...shape, plain: true }))
  const rows = Array.from({ length: 40 }, (_, i) => [i / 10 - 2, 1 - i / 20, (i % 7) - 3, i % 5, 0])
  const out = new Float64Array(rows.length * 3)
  forest.predictInto(rows.flat(), out)
  const shares = forest.predictProba(rows)
  t.same(
    shares.flatMap((row) => [...row]),
    [...out],
  )
  const classes = new Uint16Array(rows.length)
  forest.predictClassesInto(rows.flat(), classes)
  const { target } = forest.signature
  t.same(
    forest.predict(rows),
    Array.from(classes, (k) => target.type === 'class' && target.classes[k]),
  )
  t.ok(shares.every((row, i) => row[classes[i]] === Math.max(...row)))
  t.same(forest.predict(Float64Array.from(rows.flat())), forest.predict(rows))
  t.same(forest.predict([]), [])
  t.same(forest.predictProba([]), [])
})

t.test('a forest of numbers answers numbers, and has no shares', async (t) => {
  const forest = Forest.fromTrees(forestParts({ ...shape, plain: true, classes: 0 }))
  const out = new Float64Array(1)
  forest.predictInto([1, 2, 3, 4, 5], out)
  t.same(forest.predict([[1, 2, 3, 4, 5]]), [out[0]])
  t.throws(() => forest.predictProba([[1, 2, 3, 4, 5]]), { code: 'MODEL_ERR_ROW' })
  t.throws(() => forest.predictClassesInto([1, 2, 3, 4, 5], new Uint16Array(1)), { code: 'MODEL_ERR_ROW' })
})

t.test('a tie goes to the first class, or to the class whose votes were complete first', async (t) => {
  for (const [votes, firstClass, firstReached] of [
    [[2, 1, 2, 1], 'b', 'c'],
    [[2, 1, 1, 2], 'b', 'b'],
    [[2, 0, 1], 'a', 'c'],
    [[0, 2, 2], 'c', 'c'],
  ] as const) {
    t.same(Forest.fromTrees(voting(votes)).predict([[0]]), [firstClass])
    t.same(Forest.fromTrees({ ...voting(votes), ties: 'first-reached' }).predict([[0]]), [firstReached])
  }
  const shares = Forest.fromTrees(voting([2, 1, 2, 1])).predictProba([[0]])
  t.same(shares, [Float64Array.of(0, 0.5, 0.5)])
})

t.test('signals and leaves of rows in blocks are those of each row alone, and what single trees say', async (t) => {
  for (const classes of [0, 2, 3]) {
    const forest = Forest.fromTrees(withLeafRows(forestParts({ ...shape, classes })))
    const { trees, treeCount, outputs } = forest
    const rows = randomRows(forest.signature, 300, 4)
    const signals = {
      answers: new Float64Array(300 * outputs),
      disagreement: new Float64Array(300),
      rareShare: new Float64Array(300),
    }
    forest.predictSignalsInto(rows, signals, 3)
    const out = new Float64Array(300 * outputs)
    forest.predictInto(rows, out)
    t.same(signals.answers, out)
    const leafIds = new Uint32Array(300 * treeCount)
    forest.applyInto(rows, leafIds)
    for (let row = 0; row < 300; row++) {
      const alone = new Uint32Array(treeCount)
      const one = {
        answers: new Float64Array(outputs),
        disagreement: new Float64Array(1),
        rareShare: new Float64Array(1),
      }
      forest.applyInto(rows.subarray(5 * row, 5 * row + 5), alone)
      forest.predictSignalsInto(rows.subarray(5 * row, 5 * row + 5), one, 3)
      const rare = alone.filter((leaf) => trees.leafRows![leaf] < 3).length / treeCount
      if (
        Buffer.compare(bytes(alone), bytes(leafIds.slice(row * treeCount, (row + 1) * treeCount))) !== 0 ||
        one.disagreement[0] !== signals.disagreement[row] ||
        one.rareShare[0] !== signals.rareShare[row] ||
        one.rareShare[0] !== rare
      ) {
        t.fail(`row ${row} of a forest of ${classes} classes`)
      }
    }
  }
})

t.test('without counts of leaves the share of rare ones is NaN', async (t) => {
  const parts = forestParts(shape)
  const forest = Forest.fromTrees({ ...parts, trees: { ...parts.trees, leafRows: undefined } })
  t.notOk(forest.hasLeafRows)
  const signals = { answers: new Float64Array(3), disagreement: new Float64Array(1), rareShare: new Float64Array(1) }
  forest.predictSignalsInto(new Float32Array(5), signals)
  t.ok(Number.isNaN(signals.rareShare[0]) && signals.disagreement[0] >= 0)
})

t.test('lengths that do not fit are refused', async (t) => {
  const forest = Forest.fromTrees(forestParts(shape))
  const refused = { name: 'ModelError', code: 'MODEL_ERR_ROW' }
  t.throws(() => forest.predictInto(new Float32Array(6), new Float64Array(3)), refused)
  t.throws(() => forest.predictInto(new Float32Array(5), new Float64Array(2)), {
    ...refused,
    message: 'The output has 2 places, expected 3 for 1 rows.',
  })
  t.throws(() => forest.predictInto([new Float32Array(1)], new Float64Array(3)), refused)
  t.throws(() => forest.predictClassesInto(new Float32Array(5), new Uint16Array(2)), refused)
  t.throws(() => forest.predict([[1]]), refused)
})

const shape = { seed: 21, features: 5, classes: 3, trees: 4, depth: 6, pure: false, plain: false, vote: false }

/** A forest of leaves alone, each voting for a class. */
function voting(votes: readonly number[]): ForestParts {
  const parts = forestParts({ ...shape, depth: 0, features: 1, plain: true, trees: votes.length })
  const signature: Signature = {
    features: [{ name: 'x', type: 'number', missing: false, min: 0, max: 0 }],
    target: { name: 't', type: 'class', classes: ['a', 'b', 'c'] },
  }
  const leaves = votes.length
  return {
    ...parts,
    signature,
    aggregation: 'vote',
    trees: {
      ...parts.trees,
      treeStart: Uint32Array.from({ length: leaves + 1 }, (_, tree) => tree),
      feature: new Uint16Array(leaves).fill(LEAF),
      right: Uint32Array.from({ length: leaves }, (_, leaf) => leaf),
      leafStart: Uint32Array.from({ length: leaves + 1 }, (_, leaf) => leaf),
      leafClass: Uint16Array.from(votes),
      leafShare: new Float64Array(leaves).fill(1),
      leafRows: undefined,
    },
  }
}

function withLeafRows(parts: ForestParts): ForestParts {
  const leaves = parts.trees.feature.filter((feature) => feature === LEAF).length
  return {
    ...parts,
    trees: { ...parts.trees, leafRows: Uint32Array.from({ length: leaves }, (_, leaf) => 1 + (leaf % 5)) },
  }
}

function bytes(values: Float64Array | Uint32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}
