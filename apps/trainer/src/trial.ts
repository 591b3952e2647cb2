import type { Dataset } from '@copse/dataset'
import type { Forest } from '@copse/model'
import type { Metrics } from './champion.ts'
import { type Answers, answers, measure, summarise } from './measure.ts'
import type { Parts } from './parts.ts'

/** One way to make a forest, and the name of its run. */
export interface Contender {
  readonly name: string
  readonly baseline: boolean
  /** Trees of each of its forests. */
  readonly trees: number
  /** Params of its run; absent = the forest's own parameters. */
  readonly params?: Readonly<Record<string, string | number | boolean>>
  /** `outOfBag` asks for the out-of-bag answers too. */
  readonly grow: (table: Dataset, outOfBag: boolean, watch: Watch) => Promise<Forest>
}

export interface Watch {
  readonly signal: AbortSignal
  /** So many more trees are grown. */
  readonly onTrees: (trees: number) => void
}

export interface Trial {
  readonly contender: Contender
  /** Grown on all of `train`. */
  readonly forest: Forest
  /** Mean and standard deviation over the folds. */
  readonly cv: Metrics
  readonly cvStd: Metrics
  /** On the held-out rows. */
  readonly test: Metrics
  /** The forest's answers on the held-out rows. */
  readonly answers: Answers
  /** To grow `forest` once. */
  readonly trainingSeconds: number
  /** For everything: the folds, the forest and its scores. */
  readonly seconds: number
}

/** Cross-validates a contender, grows its forest on the training rows, and scores that on the held-out rows. */
export async function runTrial(
  contender: Contender,
  parts: Parts,
  watch: Watch,
  onStep: (step: string) => void,
): Promise<Trial> {
  const started = performance.now()
  const scores: Metrics[] = []
  for (const [k, fold] of parts.folds.entries()) {
    onStep(`${contender.name}, fold ${k + 1} of ${parts.folds.length}`)
    const forest = await grow(contender, parts.train.select(fold.train), false, watch)
    const test = parts.train.select(fold.test)
    scores.push(measure(test, answers(forest, test.columns)))
  }
  onStep(contender.name)
  const trainingStarted = performance.now()
  const forest = await grow(contender, parts.train, true, watch)
  const trainingSeconds = (performance.now() - trainingStarted) / 1000
  const given = answers(forest, parts.test.columns)
  const { mean, std } = summarise(scores)
  return {
    contender,
    forest,
    cv: mean,
    cvStd: std,
    test: measure(parts.test, given),
    answers: given,
    trainingSeconds,
    seconds: (performance.now() - started) / 1000,
  }
}

async function grow(contender: Contender, table: Dataset, outOfBag: boolean, watch: Watch): Promise<Forest> {
  watch.signal.throwIfAborted()
  return contender.grow(table, outOfBag, watch)
}
