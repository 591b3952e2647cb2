import type { PromotePolicy, Task } from './settings.ts'

/** Metric name -> value, as logged. */
export type Metrics = Readonly<Record<string, number>>

/** The metric that decides; lower is better. */
export function decidingMetric(task: Task): 'log_loss' | 'rmse' {
  return task === 'classification' ? 'log_loss' : 'rmse'
}

/** The metric's name in a sentence. */
export function decidingName(task: Task): string {
  return task === 'classification' ? 'log loss' : 'RMSE'
}

/** The rule in words, for the output and the model card; `baseline` when one ran. */
export function championRule(task: Task, baseline: boolean): string {
  const rule = `lowest mean ${decidingName(task)} in cross-validation among Copse's own configurations, the first of equals`
  return baseline ? `${rule}; the baseline, ml-random-forest, cannot win` : rule
}

export interface Contestant {
  /** A run to beat, never to be chosen. */
  readonly baseline: boolean
  /** Means over the folds. */
  readonly cv: Metrics
}

/** Index of the contestant that `championRule` picks; -1 when there is none with a finite score. */
export function chooseChampion(contestants: readonly Contestant[], task: Task): number {
  const metric = decidingMetric(task)
  let chosen = -1
  for (const [i, contestant] of contestants.entries()) {
    if (contestant.baseline || !Number.isFinite(contestant.cv[metric])) continue
    if (chosen === -1 || contestant.cv[metric]! < contestants[chosen]!.cv[metric]!) chosen = i
  }
  return chosen
}

/** The model that the alias points at now. */
export interface Incumbent {
  readonly version: string
  /** Deciding metric on this experiment's held-out rows; undefined when its signature is another one. */
  readonly score: number | undefined
}

export interface Promotion {
  readonly promote: boolean
  /** A clause that completes "because …". */
  readonly reason: string
}

/**
 * Whether the alias moves to the new version. `if-better` asks for a strictly lower score than the incumbent's on the
 * same held-out rows; no incumbent, or one that cannot be compared, is beaten.
 */
export function decidePromotion(
  policy: PromotePolicy,
  task: Task,
  score: number,
  incumbent: Incumbent | undefined,
): Promotion {
  if (policy === 'never') return { promote: false, reason: '--promote=never' }
  if (policy === 'always') return { promote: true, reason: '--promote=always' }
  if (incumbent === undefined) return { promote: true, reason: 'there was no champion yet' }
  const before = `version ${incumbent.version}`
  if (incumbent.score === undefined) {
    return { promote: true, reason: `${before} has another signature and cannot be compared (--new-signature)` }
  }
  const name = decidingName(task)
  const [ours, theirs] = distinct(score, incumbent.score)
  if (score < incumbent.score)
    return { promote: true, reason: `its ${name} ${ours} on the held-out rows is below the ${theirs} of ${before}` }
  const relation = score === incumbent.score ? `equals that of ${before}` : `is not below the ${theirs} of ${before}`
  return { promote: false, reason: `its ${name} ${ours} on the held-out rows ${relation}` }
}

/** Both numbers with four significant digits, or as many as it takes to tell them apart. */
function distinct(a: number, b: number): [string, string] {
  for (let digits = 4; digits < 17; digits++) {
    const pair: [string, string] = [a.toPrecision(digits), b.toPrecision(digits)]
    if (a === b || pair[0] !== pair[1]) return pair
  }
  return [String(a), String(b)]
}
