import fc from 'fast-check'
import t from 'tap'
import { atOnce } from '../src/at-once.ts'
import { buffersOf, type GrownTree, TreeWriter } from '../src/grown-tree.ts'
import { randomNumbers } from './tables.ts'
import { tableOf, treesOf } from './training-tables.ts'

type Sketch =
  | { threshold: number; missingLeft: boolean; left: Sketch; right: Sketch }
  | { shares: number[]; rows: number }

const sketches = fc
  .record({ seed: fc.nat(), depth: fc.integer({ min: 0, max: 10 }) })
  .map(({ seed, depth }) => sketchOf(randomNumbers(seed), depth))

t.test('a tree is written in pre-order, one after another by the same writer', async (t) => {
  const writer = new TreeWriter()
  const table = tableOf([[0]], [0], { classes: 5 })
  let most = 0
  fc.assert(
    fc.property(sketches, (sketch) => {
      writer.clear()
      write(writer, sketch)
      const grown = finish(writer, 5)
      const found = treesOf([grown], table)
      most = Math.max(most, grown.leaves)
      return JSON.stringify(read(found)) === JSON.stringify(sketch) && found.feature.length === sizeOf(sketch)

      function read(trees: ReturnType<typeof treesOf>, node = 0): Sketch {
        const leaf = trees.right[node]
        if (trees.feature[node] !== 0) {
          return {
            shares: [...trees.leafClass.subarray(trees.leafStart[leaf], trees.leafStart[leaf + 1])],
            rows: trees.leafRows?.[leaf] ?? 0,
          }
        }
        return {
          threshold: trees.threshold[node],
          missingLeft: trees.flags[node] === 1,
          left: read(trees, node + 1),
          right: read(trees, node + trees.right[node]),
        }
      }
    }),
    { numRuns: 40, seed: 1 },
  )
  t.ok(most > 128, 'some outgrew the first buffers')
})

t.test('a split knows how many are on its left, and where its subset begins', async (t) => {
  const writer = new TreeWriter()
  const none = new Uint32Array(0)
  const root = writer.addSplit(0, 1.5, 7, false, none)
  const left = writer.addSplit(1, 0, 0, true, Uint32Array.of(5, 6))
  leaf(1)
  writer.linkRight(left)
  writer.addSplit(1, 0, 0, false, Uint32Array.of(7, 0))
  leaf(2)
  leaf(3)
  writer.linkRight(root)
  leaf(4)
  t.strictSame([root, left, writer.splits, writer.leaves], [0, 1, 3, 4])
  t.strictSame([...writer.splitsOnLeft.subarray(0, 2)], [2, 0])
  t.strictSame([...writer.at.subarray(0, 3)], [7, 0, 2])
  t.strictSame([...writer.subsets.subarray(0, 4)], [5, 6, 7, 0])
  const grown = finish(writer, 0, Uint32Array.of(0, 40))
  t.strictSame(grown.leafShare, Float32Array.of(1, 2, 3, 4))
  t.strictSame(grown.shape, Uint8Array.of(0b0001011))

  function leaf(value: number): void {
    writer.addLeaf(1)
    writer.addEntry(0, value)
  }
})

t.test('subsets may take more words than there was room for', async (t) => {
  const writer = new TreeWriter()
  const subsets = Array.from({ length: 50 }, (_, split) => Uint32Array.of(split, 50 - split))
  for (const subset of subsets) writer.addSplit(0, 0, 0, false, subset)
  t.strictSame(
    [...writer.subsets.subarray(0, 100)],
    subsets.flatMap((subset) => [...subset]),
  )
})

t.test('a message moves each buffer that holds something, once', async (t) => {
  const writer = new TreeWriter()
  write(writer, { shares: [1], rows: 3 })
  const grown = finish(writer, 3)
  const shared = new ArrayBuffer(8)
  const buffers = buffersOf({
    ...grown,
    outRows: new Uint32Array(shared, 0, 1),
    outLeaf: new Uint32Array(shared, 4, 1),
  })
  t.equal(buffers.filter((buffer) => buffer === shared).length, 1)
  t.ok(buffers.every(({ byteLength }) => byteLength > 0))
  t.strictSame(new Set(buffers).size, buffers.length)
  const moved = structuredClone(grown, { transfer: buffersOf(grown) })
  t.strictSame(moved.leafClass, Uint8Array.of(1))
  t.equal(grown.leafClass.length, 0)
})

function sketchOf(random: () => number, depth: number): Sketch {
  const below = (n: number) => Math.floor(random() * n)
  if (depth === 0 || random() < 0.05) {
    return { shares: [0, 1, 2, 3, 4].slice(below(3), 3 + below(3)), rows: 1 + below(400) }
  }
  return {
    threshold: 1 + below(1000),
    missingLeft: random() < 0.3,
    left: sketchOf(random, depth - 1),
    right: sketchOf(random, depth - 1),
  }
}

function write(writer: TreeWriter, sketch: Sketch): void {
  if ('shares' in sketch) {
    writer.addLeaf(sketch.rows)
    for (const of of sketch.shares) writer.addEntry(of, 1 / sketch.shares.length)
    return
  }
  const split = writer.addSplit(0, sketch.threshold, 0, sketch.missingLeft, new Uint32Array(0))
  write(writer, sketch.left)
  writer.linkRight(split)
  write(writer, sketch.right)
}

function finish(writer: TreeWriter, classes: number, levels = Uint32Array.of(0)): GrownTree {
  const out = { rows: new Uint32Array(0), leaf: new Uint32Array(0) }
  return atOnce(writer.finish({ levels, classes }, Float64Array.of(0), out))
}

function sizeOf(sketch: Sketch): number {
  return 'shares' in sketch ? 1 : 1 + sizeOf(sketch.left) + sizeOf(sketch.right)
}
