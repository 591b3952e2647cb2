import type { Run } from '@copse/tracking'
import { BASELINE, baselineObstacle } from './baseline.ts'
import { type Contestant, chooseChampion } from './champion.ts'
import { contenders } from './contenders.ts'
import { type Output, say } from './output.ts'
import type { Parts } from './parts.ts'
import { ProgressBar } from './progress.ts'
import { logTrial, type RunLog } from './run-log.ts'
import type { Settings, Task } from './settings.ts'
import { type Contender, runTrial, type Trial } from './trial.ts'

export interface Attempt {
  readonly settings: Settings
  readonly task: Task
  readonly parts: Parts
  readonly log: RunLog
  readonly parent: Run
  readonly output: Output
  readonly signal: AbortSignal
}

export interface Entry {
  readonly trial: Trial
  readonly run: Run
}

/**
 * Runs every contender as a child run. All runs are ended but the one of the leader, which is still to get the model.
 * A baseline that fails is told and left out; anything else that fails ends the experiment.
 */
export async function tryAll(attempt: Attempt): Promise<Entry[]> {
  const { settings, task, parts, log, output } = attempt
  const obstacle = baselineObstacle(parts.train)
  if (obstacle !== undefined) say(output, `No baseline run of ${BASELINE}: ${obstacle}.`, '  ')
  const all = contenders(task, settings, obstacle === undefined ? parts.test : undefined)
  const bar = new ProgressBar(output, (parts.folds.length + 1) * all.reduce((sum, { trees }) => sum + trees, 0))
  const entries: Entry[] = []
  try {
    for (const contender of all) {
      const entry = await tryOne(contender, attempt, bar)
      if (entry !== undefined) entries.push(entry)
      const leader = leaderOf(entries, task)
      for (const other of entries) if (other !== leader) await log.end(other.run)
    }
  } finally {
    bar.end()
  }
  return entries
}

/** The entry that the champion's rule picks among those so far. */
export function leaderOf(entries: readonly Entry[], task: Task): Entry | undefined {
  const contestants = entries.map(({ trial }): Contestant => ({ baseline: trial.contender.baseline, cv: trial.cv }))
  return entries[chooseChampion(contestants, task)]
}

async function tryOne(contender: Contender, attempt: Attempt, bar: ProgressBar): Promise<Entry | undefined> {
  const { settings, parts, log, parent, output, signal } = attempt
  const run = await log.start(contender.name, contender.baseline ? 'baseline' : 'configuration', parent)
  try {
    const watch = { signal, onTrees: (trees: number) => bar.advance(trees) }
    const trial = await runTrial(contender, parts, watch, (step) => bar.label(step))
    await logTrial(run, trial, parts, settings.data)
    return { trial, run }
  } catch (error) {
    if (!contender.baseline || signal.aborted) throw error
    bar.end()
    say(output, `The baseline failed and is left out: ${error instanceof Error ? error.message : error}`, '  ')
    await log.end(run, 'FAILED')
    return undefined
  }
}
