import fc from 'fast-check'
import t from 'tap'
import { type EnsembleNode, eachNode, eachWeight, MODES, planEnsemble } from '../../src/onnx/ensemble.ts'
import { planWalk, predictBlock } from '../../src/predict.ts'
import type { Signature } from '../../src/table.ts'
import { LEAF, MISSING_LEFT, SUBSET, type Trees } from '../../src/trees.ts'
import { forestParts, forestShapes, randomRows } from '../forests.ts'

function nodesOf(trees: Trees, signature: Signature): EnsembleNode[] {
  const nodes: EnsembleNode[] = []
  eachNode(planEnsemble(trees, signature), (node) => void nodes.push({ ...node }))
  return nodes
}

t.test('a walk by the rules of ONNX gives the answers of the forest', async () => {
  fc.assert(
    fc.property(forestShapes, fc.nat(), (shape, seed) => {
      const { trees, signature, aggregation } = forestParts(shape)
      const walk = planWalk(trees, signature, aggregation)
      const rows = 8
      const values = randomRows(signature, rows, seed)
      const expected = new Float64Array(rows * walk.outputs)
      predictBlock(walk, values, 0, rows, expected, 0)

      const nodes = new Map(nodesOf(trees, signature).map((node) => [`${node.tree} ${node.id}`, node]))
      const weights = new Map<string, [number, number][]>()
      eachWeight(planEnsemble(trees, signature), aggregation === 'vote', (tree, id, target, weight) => {
        weights.set(`${tree} ${id}`, [...(weights.get(`${tree} ${id}`) ?? []), [target, weight]])
      })
      const found = new Float64Array(rows * walk.outputs)
      for (let row = 0; row < rows; row++) {
        for (let tree = 0; tree < trees.treeStart.length - 1; tree++) {
          let node = nodes.get(`${tree} 0`)!
          while (MODES[node.mode] !== 'LEAF') {
            const value = values[row * shape.features + node.feature]
            node = nodes.get(`${tree} ${passes(node, value) ? node.whenTrue : node.whenFalse}`)!
          }
          for (const [target, weight] of weights.get(`${tree} ${node.id}`)!) {
            found[row * walk.outputs + target] += weight
          }
        }
      }
      return found.every((value, i) => Math.abs(value - expected[i]) <= 1e-12 * Math.max(1, Math.abs(expected[i])))
    }),
    { numRuns: 300 },
  )
})

t.test('ids count from 0 in each tree, in the order of the nodes', async () => {
  fc.assert(
    fc.property(forestShapes, (shape) => {
      const { trees, signature } = forestParts(shape)
      const nodes = nodesOf(trees, signature)
      return (
        nodes.length === planEnsemble(trees, signature).nodes &&
        nodes.every((node, i) => node.id === (i > 0 && nodes[i - 1].tree === node.tree ? nodes[i - 1].id + 1 : 0))
      )
    }),
    { numRuns: 100 },
  )
})

t.test('a subset split is a chain that ends with an inequality', async (t) => {
  const chain = (flags: number, bits: number) => {
    const nodes = nodesOf(stump(flags, bits), categories(5))
    return nodes.map(({ id, mode, value, missingTrue, whenTrue, whenFalse }) =>
      mode === 0 ? 'leaf' : [id, MODES[mode].slice(7), value, missingTrue, whenTrue, whenFalse].join(' '),
    )
  }
  t.same(chain(SUBSET, 0b10110), ['0 EQ 1 0 3 1', '1 EQ 2 0 3 2', '2 NEQ 4 1 4 3', 'leaf', 'leaf'])
  t.same(chain(SUBSET | MISSING_LEFT, 0b10110), ['0 EQ 0 0 3 1', '1 NEQ 3 1 2 3', 'leaf', 'leaf'])
  t.same(chain(SUBSET, 0b00001), ['0 NEQ 0 1 2 1', 'leaf', 'leaf'])
  t.same(chain(SUBSET, 0), ['0 NEQ -Infinity 1 2 1', 'leaf', 'leaf'], 'no level goes left')
  t.same(chain(SUBSET | MISSING_LEFT, 0b11111), ['0 NEQ -Infinity 1 1 2', 'leaf', 'leaf'], 'no level goes right')
})

t.test('many levels become chains of 16 under a search by ranges, of the size that was planned', async (t) => {
  for (const levels of [16, 17, 32, 33, 100, 1000]) {
    const trees = {
      ...stump(SUBSET, 0),
      subsetStart: Uint32Array.of(0, 32),
      subsets: new Uint32Array(32).fill(2 ** 32 - 1),
    }
    const signature = categories(levels)
    trees.subsetStart[1] = Math.ceil(levels / 32)
    const nodes = nodesOf(trees, signature)
    t.equal(nodes.length, planEnsemble(trees, signature).nodes, `${levels} levels`)
    t.equal(nodes.filter(({ mode }) => ['BRANCH_EQ', 'BRANCH_NEQ'].includes(MODES[mode])).length, levels)
    const longest = (id: number): number => {
      const { mode, whenTrue, whenFalse } = nodes[id]
      return MODES[mode] === 'LEAF' ? 0 : 1 + Math.max(longest(whenTrue), longest(whenFalse))
    }
    t.ok(longest(0) <= 17 + Math.ceil(Math.log2(levels / 16)), `${levels} levels: ${longest(0)} tests in a row`)
    const left = nodes[0].mode === 2 ? nodes[0].whenTrue : nodes.at(-2)!.id
    for (const value of [0, levels - 1, levels, -1, 1.5, Number.NaN]) {
      let node = nodes[0]
      while (MODES[node.mode] !== 'LEAF') node = nodes[passes(node, value) ? node.whenTrue : node.whenFalse]
      t.equal(node.id === left, value >= 0 && value < levels && Number.isInteger(value), `${value} of ${levels}`)
    }
  }
})

function passes({ mode, value: constant, missingTrue }: EnsembleNode, value: number): boolean {
  if (missingTrue && Number.isNaN(value)) return true
  if (MODES[mode] === 'BRANCH_LEQ') return value <= constant
  return MODES[mode] === 'BRANCH_EQ' ? value === constant : value !== constant
}

function categories(levels: number): Signature {
  const names = Array.from({ length: levels }, (_, level) => `l${level}`)
  return {
    features: [{ name: 'c', type: 'category', missing: true, levels: names }],
    target: { name: 'y', type: 'number' },
  }
}

function stump(flags: number, bits: number): Trees {
  return {
    treeStart: Uint32Array.of(0, 3),
    feature: Uint16Array.of(0, LEAF, LEAF),
    threshold: Float32Array.of(0, 0, 0),
    right: Uint32Array.of(2, 0, 1),
    flags: Uint8Array.of(flags, 0, 0),
    subsetNode: Uint32Array.of(0),
    subsetStart: Uint32Array.of(0, 1),
    subsets: Uint32Array.of(bits),
    leafStart: new Uint32Array(0),
    leafClass: new Uint16Array(0),
    leafShare: Float64Array.of(1, 2),
  }
}
