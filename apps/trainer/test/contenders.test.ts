import { Dataset, iris } from '@copse/dataset'
import t from 'tap'
import { contenders } from '../src/contenders.ts'
import { checkSettings } from '../src/settings.ts'
import { random } from './tables.ts'

const { signal } = new AbortController()

t.test('own configurations first, then the baseline when it is to run', async (t) => {
  const names = (check: Dataset | undefined) =>
    contenders('classification', checkSettings(), check).map(({ name, baseline }) => [name, baseline])
  t.strictSame(names(undefined), [
    ['default', false],
    ['leaf-3', false],
    ['entropy-half', false],
  ])
  t.strictSame(names(iris()).at(-1), ['ml-random-forest', true])
})

t.test('every tree is told', async (t) => {
  for (const contender of contenders('classification', checkSettings({ trees: 3 }), iris())) {
    let trees = 0
    await contender.grow(iris(), false, { signal, onTrees: (more) => (trees += more) })
    t.equal(trees, contender.trees, contender.name)
  }
})

t.test('out-of-bag answers come when they are asked for', async (t) => {
  const [contender] = contenders('classification', checkSettings({ trees: 3 }), undefined)
  const watch = { signal, onTrees: () => {} }
  t.equal((await contender!.grow(iris(), false, watch)).outOfBag, undefined)
  t.ok((await contender!.grow(iris(), true, watch)).outOfBag)
})

t.test('threads change nothing but the time', async (t) => {
  const draw = random(5)
  const rows = Array.from({ length: 800 }, () => {
    const features = Array.from({ length: 50 }, () => Math.round(draw() * 8))
    return [...features, features[0]! > 4 ? 'a' : 'b']
  })
  const table = Dataset.fromRows(rows, { target: 'label', featureNames: Array.from({ length: 50 }, (_, f) => `x${f}`) })
  const grow = async (threads: number) => {
    const [contender] = contenders('classification', checkSettings({ trees: 101, threads }), undefined)
    return (await contender!.grow(table, true, { signal, onTrees: () => {} })).data
  }
  t.strictSame(await grow(2), await grow(1))
})

t.test('an abort ends the growing', async (t) => {
  for (const contender of contenders('classification', checkSettings({ trees: 3 }), iris())) {
    await t.rejects(contender.grow(iris(), false, { signal: AbortSignal.abort(), onTrees: () => {} }), contender.name)
  }
})
