import t from 'tap'
import { train } from '../src/index.ts'
import { growTree, sendDown, tableOf } from './training-tables.ts'

const RANDOM = { splitter: 'random', maxDepth: 1 } as const

t.test('a threshold is uniform between the smallest and the largest value', async (t) => {
  const rows = [[0], [1], [9], [10]]
  const thresholds = Array.from({ length: 2000 }, (_, seed) => {
    const trees = growTree(tableOf(rows, [0, 1, 0, 1], { classes: 2 }), { ...RANDOM, seed })
    return trees.threshold[0]
  })
  t.ok(thresholds.every((threshold) => threshold >= 0 && threshold < 10))
  for (let tenth = 0; tenth < 10; tenth++) {
    const share = thresholds.filter((threshold) => Math.floor(threshold) === tenth).length / 2000
    t.ok(Math.abs(share - 0.1) < 0.03, `${share} in ${tenth}..${tenth + 1}`)
  }
})

t.test('every subset that parts the levels is as likely', async (t) => {
  const table = tableOf([[4], [1], [2]], [1, 2, 3], { levels: { 0: 6 } })
  const counts = new Map<number, number>()
  for (let seed = 0; seed < 3000; seed++) {
    const [subset] = growTree(table, { ...RANDOM, seed }).subsets
    const held = subset & 0b10110
    counts.set(held, (counts.get(held) ?? 0) + 1)
  }
  t.equal(counts.size, 6)
  for (const [subset, count] of counts) t.ok(Math.abs(count / 3000 - 1 / 6) < 0.03, `${count} of ${subset}`)
})

t.test('missing values go to the better side, and apart when there is nothing else', async (t) => {
  for (const missingClass of [0, 1]) {
    const rows = [[null], [null], [0], [0.1], [10], [10.1]]
    const target = [missingClass, missingClass, 0, 0, 1, 1]
    for (let seed = 0; seed < 20; seed++) {
      const table = tableOf(rows, target, { classes: 2 })
      const trees = growTree(table, { ...RANDOM, seed })
      if (trees.threshold[0] < 0.1 || trees.threshold[0] > 9.9) continue
      t.equal(trees.flags[0], missingClass === 0 ? 1 : 0)
    }
  }
  for (const levels of [{}, { 0: 3 }]) {
    const apart = tableOf([[null], [1], [null], [1]], [0, 1, 0, 1], { classes: 2, levels })
    t.same(
      sendDown(growTree(apart, RANDOM), apart).map(({ rows }) => rows.length),
      [4, 2, 2],
    )
  }
})

t.test('keeps to minSamplesLeaf with more than two classes too', async (t) => {
  const rows = Array.from({ length: 90 }, (_, i) => [i * i, (i * 37) % 11])
  for (const classes of [2, 3]) {
    const target = rows.map((_, i) => (i * 7) % classes)
    const forest = await train(tableOf(rows, target, { classes, levels: { 1: 11 } }), {
      splitter: 'random',
      criterion: 'entropy',
      minSamplesLeaf: 8,
      nEstimators: 5,
      bootstrap: false,
    })
    t.ok(forest.nodeCount > 15)
    t.ok((forest.trees.leafRows ?? []).every((rows) => rows >= 8))
  }
})
