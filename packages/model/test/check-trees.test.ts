import fc from 'fast-check'
import t from 'tap'
import { checkTrees } from '../src/check-trees.ts'
import type { Signature } from '../src/table.ts'
import { LEAF, type Trees } from '../src/trees.ts'
import { forestParts, forestShapes } from './forests.ts'

const { NaN: missing, POSITIVE_INFINITY: infinity } = Number

const signature: Signature = {
  features: [
    { name: 'a', type: 'number', missing: false, min: 0, max: 1 },
    { name: 'c', type: 'category', missing: true, levels: ['x', 'y', 'z'] },
  ],
  target: { name: 't', type: 'class', classes: ['p', 'q', 'r'] },
}
const numbers: Signature = { ...signature, target: { name: 't', type: 'number' } }

/** Two trees: a split whose children are a subset split and a leaf, and a leaf alone. */
const trees = {
  treeStart: [0, 5, 6],
  feature: [0, 1, LEAF, LEAF, LEAF, LEAF],
  threshold: [0.5, 0, 0, 0, 0, 0],
  right: [4, 2, 0, 1, 2, 3],
  flags: [1, 2, 0, 0, 0, 0],
  subsetNode: [1],
  subsetStart: [0, 1],
  subsets: [0b101],
  leafStart: [0, 1, 3, 4, 5],
  leafClass: [2, 0, 1, 1, 0],
  leafShare: [1, 0.25, 0.75, 1, 1],
  leafRows: [1, 4, 2, 3],
}
const numberTrees = { ...trees, leafStart: [], leafClass: [], leafShare: [1, -2.5, 0, 4] }

t.test('valid trees pass', async () => {
  checkTrees(typed(trees), signature)
  checkTrees(typed(numberTrees), numbers)
  fc.assert(
    fc.property(forestShapes, (shape) => {
      const parts = forestParts(shape)
      checkTrees(parts.trees, parts.signature)
    }),
  )
})

t.test('each broken rule is refused in a sentence of its own', async (t) => {
  const cases: [string, Partial<typeof trees>][] = [
    ['threshold has 5 entries, expected 6', { threshold: [0.5, 0, 0, 0, 0] }],
    ['right has 7 entries, expected 6', { right: [4, 2, 0, 1, 2, 3, 4] }],
    ['flags has 0 entries, expected 6', { flags: [] }],
    ['subsetStart has 1 entries, expected 2', { subsetStart: [0] }],
    ['leafShare has 4 entries, expected 5', { leafShare: [1, 0.25, 0.75, 1] }],
    ['treeStart has 1 entries, expected at least 2', { treeStart: [0] }],
    ['treeStart[0] is 1, expected 0', { treeStart: [1, 5, 6] }],
    ['treeStart[2] is 7, expected 6 to 6', { treeStart: [0, 5, 7] }],
    ['treeStart[1] is 0, expected 1 to 6', { treeStart: [0, 0, 6] }],
    ['treeStart[1] is 9, expected 1 to 6', { treeStart: [0, 9, 6] }],
    ['treeStart[2] is 3, expected 6 to 6', { treeStart: [0, 5, 3, 6] }],
    ['treeStart[1] is 5, expected the number of nodes, 6', { treeStart: [0, 5] }],
    ['leaf node 4 of tree 0 ends its subtree, expected it to end at node 5', { treeStart: [0, 6] }],
    ['node 0 has its right child at 4, expected one from 2 to 3', { treeStart: [0, 4, 6] }],
    ['node 0 has its right child at 0, expected one from 2 to 4', { right: [0, 2, 0, 1, 2, 3] }],
    ['node 0 has its right child at 1, expected one from 2 to 4', { right: [1, 2, 0, 1, 2, 3] }],
    ['node 0 has its right child at 4294967295, expected one from 2 to 4', { right: [-1, 2, 0, 1, 2, 3] }],
    ['node 1 has its right child at 4, expected one from 3 to 3', { right: [4, 3, 0, 1, 2, 3] }],
    ['node 1 has its right child at 3, expected one from 3 to 2', { right: [3, 2, 0, 1, 2, 3] }],
    [
      'leaf node 1 of tree 0 ends its subtree, expected it to end at node 3',
      { feature: [0, LEAF, LEAF, LEAF, LEAF, LEAF], right: [4, 0, 1, 2, 3, 4], flags: [0, 0, 0, 0, 0, 0] },
    ],
    ['node 2 has leaf number 3, expected 0', { right: [4, 2, 3, 1, 2, 0] }],
    ['leaf node 4 has a threshold, expected 0', { threshold: [0.5, 0, 0, 0, 1, 0] }],
    ['leaf node 2 has flags 1, expected 0', { flags: [1, 2, 1, 0, 0, 0] }],
    ['node 0 splits feature 2, expected one below 2', { feature: [2, 1, LEAF, LEAF, LEAF, LEAF] }],
    ['node 0 has flags 4, expected 0 to 3', { flags: [4, 2, 0, 0, 0, 0] }],
    ['node 0 splits a number by a subset, expected a threshold', { flags: [2, 2, 0, 0, 0, 0] }],
    ['node 1 splits a category by a threshold, expected a subset', { flags: [1, 0, 0, 0, 0, 0] }],
    ['node 0 has threshold NaN, expected a finite one', { threshold: [missing, 0, 0, 0, 0, 0] }],
    ['node 0 has threshold Infinity, expected a finite one', { threshold: [infinity, 0, 0, 0, 0, 0] }],
    ['subset node 1 has a threshold, expected 0', { threshold: [0.5, 1, 0, 0, 0, 0] }],
    ['subsetNode[0] is 2, expected 1', { subsetNode: [2] }],
    ['subsetNode[0] is missing, expected 1', { subsetNode: [], subsetStart: [0], subsets: [] }],
    ['subsetNode has 2 entries, expected 1', { subsetNode: [1, 2], subsetStart: [0, 1, 2], subsets: [1, 1] }],
    ['subsetStart[0] is 1, expected 0', { subsetStart: [1, 1] }],
    ['subsetStart[1] is 2, expected 1', { subsetStart: [0, 2], subsets: [1, 1] }],
    ['subsets has 0 words, expected at least 1', { subsets: [] }],
    ['subsets has 2 entries, expected 1', { subsets: [1, 1] }],
    ['subset 0 has bits beyond the 3 levels of its feature, expected none', { subsets: [0b1001] }],
    ['leafStart has 4 entries, expected 5', { leafStart: [0, 1, 3, 4] }],
    ['leafStart[0] is 1, expected 0', { leafStart: [1, 2, 3, 4, 5] }],
    ['leafStart[4] is 4, expected 5', { leafStart: [0, 1, 2, 3, 4] }],
    ['leafStart[2] is 1, expected 2 to 5', { leafStart: [0, 1, 1, 4, 5] }],
    ['leafStart[1] is 9, expected 1 to 5', { leafStart: [0, 9, 3, 4, 5] }],
    ['leaf 0 lists class 3, expected one from 0 to 2', { leafClass: [3, 0, 1, 1, 0] }],
    ['leaf 1 lists class 1, expected one from 2 to 2', { leafClass: [2, 1, 1, 1, 0] }],
    ['leaf 1 lists class 0, expected one from 2 to 2', { leafClass: [2, 1, 0, 1, 0] }],
    ['leaf 1 gives class 0 the share 0, expected one in (0, 1]', { leafShare: [1, 0, 1, 1, 1] }],
    ['leaf 1 gives class 0 the share NaN, expected one in (0, 1]', { leafShare: [1, missing, 0.75, 1, 1] }],
    ['leaf 1 gives class 1 the share 1.25, expected one in (0, 1]', { leafShare: [1, 0.25, 1.25, 1, 1] }],
    ['the shares of leaf 1 sum to 0.75, expected 1', { leafShare: [1, 0.25, 0.5, 1, 1] }],
    ['leafRows has 3 entries, expected 4', { leafRows: [1, 4, 2] }],
  ]
  for (const [sentence, change] of cases) {
    t.throws(
      () => checkTrees(typed({ ...trees, ...change }), signature),
      { name: 'ModelError', code: 'MODEL_ERR_FILE_STRUCTURE', message: `In the forest, ${sentence}.` },
      sentence,
    )
  }
})

t.test('the leaves of a forest of numbers', async (t) => {
  const cases: [string, Partial<typeof trees>][] = [
    ['leafStart has 1 entries, expected 0', { leafStart: [0] }],
    ['leafClass has 1 entries, expected 0', { leafClass: [0] }],
    ['leafShare has 3 entries, expected 4', { leafShare: [1, 2, 3] }],
    [
      'leaf 2 has the value NaN, expected -8.988465674311579e+307 to 8.988465674311579e+307',
      { leafShare: [1, 2, missing, 4] },
    ],
    ['leaf 3 has the value -Infinity, expected -8.98', { leafShare: [1, 2, 3, -infinity] }],
    ['leaf 0 has the value 1e+308, expected -8.98', { leafShare: [1e308, 2, 3, 4] }],
  ]
  for (const [sentence, change] of cases) {
    const message = `In the forest, ${sentence}`
    t.throws(() => checkTrees(typed({ ...numberTrees, ...change }), numbers), { message }, sentence)
  }
})

t.test('a tree as deep as it has splits is checked without a stack overflow', async () => {
  const splits = 300_000
  const leaves = splits + 1
  checkTrees(
    typed({
      treeStart: [0, splits + leaves],
      feature: [...new Array(splits).fill(0), ...new Array(leaves).fill(LEAF)],
      threshold: new Array(splits + leaves).fill(0),
      right: [
        ...Array.from({ length: splits }, (_, i) => 2 * (splits - i)),
        ...Array.from({ length: leaves }, (_, leaf) => leaf),
      ],
      flags: new Array(splits + leaves).fill(0),
      subsetNode: [],
      subsetStart: [0],
      subsets: [],
      leafStart: [],
      leafClass: [],
      leafShare: new Array(leaves).fill(0),
      leafRows: new Array(leaves).fill(1),
    }),
    numbers,
  )
})

function typed(plain: typeof trees): Trees {
  return {
    treeStart: Uint32Array.from(plain.treeStart),
    feature: Uint16Array.from(plain.feature),
    threshold: Float32Array.from(plain.threshold),
    right: Uint32Array.from(plain.right),
    flags: Uint8Array.from(plain.flags),
    subsetNode: Uint32Array.from(plain.subsetNode),
    subsetStart: Uint32Array.from(plain.subsetStart),
    subsets: Uint32Array.from(plain.subsets),
    leafStart: Uint32Array.from(plain.leafStart),
    leafClass: Uint16Array.from(plain.leafClass),
    leafShare: Float64Array.from(plain.leafShare),
    leafRows: Uint32Array.from(plain.leafRows),
  }
}
