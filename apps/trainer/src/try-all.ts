import type { DatasetInput, Run } from '@copse/tracking'
import { type Contestant, chooseChampion } from './champion.ts'
import { type Output, say } from './output.ts'
import type { Parts } from './parts.ts'
import { ProgressBar } from './progress.ts'
import { logTrial, type RunLog } from './run-log.ts'
import type { Task } from './settings.ts'
import { type Contender, runTrial, type Trial } from './trial.ts'

/** What every trial of an experiment shares. */
export interface Attempt {
  readonly task: Task
  readonly parts: Parts
  readonly inputs: readonly DatasetInput[]
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
export async function tryAll(contenders: readonly Contender[], attempt: Attempt): Promise<Entry[]> {
  const { task, parts, log, output } = attempt
  const bar = new ProgressBar(output, (parts.folds.length + 1) * contenders.reduce((sum, { trees }) => sum + trees, 0))
  const entries: Entry[] = []
  try {
    for (const contender of contenders) {
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
  const { parts, inputs, log, parent, output, signal } = attempt
  const run = await log.start(contender.name, contender.baseline ? 'baseline' : 'configuration', parent)
  try {
    const watch = { signal, onTrees: (trees: number) => bar.advance(trees) }
    const trial = await runTrial(contender, parts, watch, (step) => bar.label(step))
    await logTrial(run, trial, parts, inputs)
    return { trial, run }
  } catch (error) {
    if (!contender.baseline || signal.aborted) throw error
    bar.end()
    const reason = error instanceof Error ? error.message : String(error)
    say(output, `The baseline ${contender.name} failed and is left out: ${reason}`, '  ')
    await run.logTags({ 'copse.error': reason })
    await log.end(run, 'FAILED')
    return undefined
  }
}
