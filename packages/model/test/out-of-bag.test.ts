import t from 'tap'
import { atOnce } from '../src/at-once.ts'
import { type Table, train } from '../src/index.ts'
import { Random } from '../src/random.ts'
import { drawSamples } from '../src/sample.ts'
import { createWorkspace } from '../src/workspace.ts'
import { randomNumbers } from './tables.ts'
import { fixtureTable, growAll, planOf, sendDown, tableOf, treesOf } from './training-tables.ts'

t.test('a tree answers exactly the rows it did not draw, with the leaf its thresholds lead to', async (t) => {
  const tables = [
    fixtureTable('three', { missing: [5, 77, 3000] }),
    fixtureTable('diabetes'),
    levelsTable(),
    quantileTable(),
  ]
  for (const table of tables) {
    for (const splitter of ['best', 'random'] as const) {
      const plan = planOf(table, { nEstimators: 3, oobScore: true, splitter, minSamplesLeaf: 5 })
      const workspace = createWorkspace(plan)
      growAll(plan).forEach((tree, index) => {
        atOnce(drawSamples(plan, Random.ofTree(plan.seed, index), workspace))
        const out: number[] = []
        workspace.drawn.forEach((times, row) => {
          if (times === 0) out.push(row)
        })
        t.same(Array.from(tree.outRows), out)
        const leafOf = new Map<number, number>()
        let leaf = 0
        for (const reached of sendDown(treesOf([tree], table), table)) {
          if (reached.leaf) for (const row of reached.rows) leafOf.set(row, leaf)
          if (reached.leaf) leaf++
        }
        t.ok(out.every((row, i) => leafOf.get(row) === tree.outLeaf[i]))
      })
    }
  }
})

t.test('classes: shares, score and error by trees are those of a slow count', async (t) => {
  const table = fixtureTable('three')
  const parameters = { nEstimators: 8, oobScore: true, minSamplesLeaf: 20, seed: 3 }
  const forest = await train(table, parameters)
  const sums = Array.from({ length: table.rows }, () => [0, 0, 0])
  const times = new Array(table.rows).fill(0)
  const errors = growAll(planOf(table, parameters)).map((tree) => {
    const { leafStart, leafClass, leafShare } = treesOf([tree], table)
    tree.outRows.forEach((row, i) => {
      times[row]++
      for (let e = leafStart[tree.outLeaf[i]]; e < leafStart[tree.outLeaf[i] + 1]; e++) {
        sums[row][leafClass[e]] += leafShare[e]
      }
    })
    const scored = times.map((_, row) => row).filter((row) => times[row] > 0)
    return (
      1 - scored.filter((row) => sums[row].indexOf(Math.max(...sums[row])) === table.target[row]).length / scored.length
    )
  })
  t.same(forest.summary.oobErrorByTrees, errors)
  t.equal(forest.summary.score, 1 - errors[7])
  t.same(Array.from(forest.outOfBag?.treesPerRow ?? []), times)
  const shares = sums.flatMap((row, i) => row.map((sum) => sum / times[i]))
  t.same(Array.from(forest.outOfBag?.probabilities ?? []), shares)
  const never = times.filter((count) => count === 0).length
  t.match(forest.summary.warnings, never > 0 ? [new RegExp(`^${never} of 1000 rows`)] : [])
})

t.test('numbers: values, R2 and squared error by trees', async (t) => {
  const table = fixtureTable('regression')
  const forest = await train(table, { nEstimators: 30, oobScore: true })
  const found = forest.outOfBag?.values ?? new Float64Array(0)
  t.equal(found.length, 500)
  const mean = Array.from(table.target).reduce((a, b) => a + b, 0) / 500
  let squares = 0
  let spread = 0
  for (let row = 0; row < 500; row++) {
    squares += (found[row] - table.target[row]) ** 2
    spread += (table.target[row] - mean) ** 2
  }
  t.ok(Math.abs((forest.summary.score ?? 0) - (1 - squares / spread)) < 1e-12)
  t.equal(forest.summary.oobErrorByTrees?.length, 30)
  t.equal(forest.summary.oobErrorByTrees?.at(-1), squares / 500)
})

t.test('one tree warns of the rows it saw', async (t) => {
  const forest = await train(fixtureTable('iris'), { nEstimators: 1, oobScore: true })
  t.match(forest.summary.warnings, [/rows were seen by every tree and have no out-of-bag answer/])
  const { probabilities, treesPerRow } = forest.outOfBag ?? {}
  const seen = treesPerRow?.indexOf(0) ?? -1
  t.ok(Number.isNaN(probabilities?.[seen * 3]))
  t.equal((await train(fixtureTable('iris'), { nEstimators: 1 })).outOfBag, undefined)
})

t.test('a target of one value', async (t) => {
  const rows = Array.from({ length: 20 }, (_, i) => [i])
  const forest = await train(tableOf(rows, new Array(20).fill(3)), { nEstimators: 20, oobScore: true })
  t.equal(forest.summary.score, 1)
})

function levelsTable(): Table {
  const random = randomNumbers(4)
  const rows = Array.from({ length: 400 }, () => [random() < 0.1 ? null : Math.floor(random() * 70), random()])
  return tableOf(
    rows,
    rows.map(([level, x]) => ((level ?? 7) % 5) + (x ?? 0)),
    { levels: { 0: 70 } },
  )
}

function quantileTable(): Table {
  const random = randomNumbers(6)
  const rows = Array.from({ length: 70_000 }, () => [random()])
  return tableOf(
    rows,
    rows.map(([x]) => Math.sin(x * 40) + random()),
  )
}
