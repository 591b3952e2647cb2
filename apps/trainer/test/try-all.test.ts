import { iris } from '@copse/dataset'
import { train } from '@copse/model'
import { openTracking } from '@copse/tracking'
import t from 'tap'
import { cutTable } from '../src/parts.ts'
import { RunLog } from '../src/run-log.ts'
import type { Contender } from '../src/trial.ts'
import { leaderOf, tryAll } from '../src/try-all.ts'
import { readRuns } from './store.ts'

const good: Contender = {
  name: 'good',
  baseline: false,
  trees: 50,
  grow: (table, oobScore) => train(table, { nEstimators: 50, oobScore, minSamplesLeaf: 3 }),
}
const bad: Contender = { ...good, name: 'bad', grow: (table) => train(table, { nEstimators: 1, maxDepth: 1 }) }
const broken: Contender = { ...good, name: 'broken', grow: async () => Promise.reject(new Error('It broke.')) }

async function trying(home: string, contenders: readonly Contender[]) {
  await using tracking = await openTracking({ home })
  const log = new RunLog(tracking, 'e', {})
  const parent = await log.start('parent', 'experiment')
  let text = ''
  const output = { write: (more: string) => (text += more) }
  const { signal } = new AbortController()
  const parts = cutTable(iris(), 1)
  const entries = await tryAll(contenders, { task: 'classification', parts, inputs: [], log, parent, output, signal })
  const statuses = readRuns(home).map(({ name, status }) => [name, status])
  return { entries, text, statuses: Object.fromEntries(statuses) as Record<string, string | undefined> }
}

t.test('the run of the leader stays open, the others end', async (t) => {
  for (const order of [
    [good, bad],
    [bad, good],
  ]) {
    const { entries, statuses } = await trying(t.testdir(), order)
    t.strictSame(
      entries.map(({ trial }) => trial.contender),
      order,
    )
    t.equal(leaderOf(entries, 'classification')?.trial.contender, good)
    t.strictSame(statuses, { parent: undefined, good: undefined, bad: 'FINISHED' })
  }
})

t.test('a baseline that fails is told and left out', async (t) => {
  const home = t.testdir()
  const { entries, text, statuses } = await trying(home, [good, { ...broken, baseline: true }])
  t.equal(entries.length, 1)
  t.equal(text, 'The baseline broken failed and is left out: It broke.\n')
  t.match(statuses, { broken: 'FAILED' })
  t.equal(readRuns(home).find(({ name }) => name === 'broken')?.tags['copse.error'], 'It broke.')
})

t.test('anything else that fails ends the experiment', async (t) => {
  await t.rejects(trying(t.testdir(), [good, broken]), { message: 'It broke.' })
})

t.test('without a contender there is no leader', async (t) => {
  t.equal(leaderOf([], 'classification'), undefined)
})
