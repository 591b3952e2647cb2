import { LAG_SECONDS, type Performance } from '@copse/monitoring'
import type { PerformanceAnswer } from '../schemas/monitoring.ts'
import { shownModel } from './drift-answer.ts'
import { SUB_WINDOWS, type Watched } from './watched.ts'

/** What `GET /monitoring/performance` answers of a model version. */
export function performanceAnswer(watched: Watched, now = Date.now()): PerformanceAnswer {
  const { total, history } = watched.performance(now)
  const { facts, results, settings } = watched
  const ofNumbers = total.type === 'number' ? total : undefined
  return {
    model: shownModel(facts),
    type: total.type,
    window_seconds: settings.feedbackMs / 1000,
    sub_window_seconds: settings.feedbackMs / 1000 / SUB_WINDOWS.feedback,
    answered: total.answered,
    labelled: total.labelled,
    unmatched: results.unmatched,
    results: { ...results },
    ...scores(total),
    recall: total.type === 'class' ? total.recall.map((one) => ({ ...one })) : [],
    bias: ofNumbers?.bias ?? null,
    r2: ofNumbers?.r2 ?? null,
    coverage: ofNumbers?.coverage ?? null,
    estimate: total.type === 'class' ? { ...total.estimate } : { accuracy: null, error: null },
    lag: {
      mean_seconds: total.lag.mean,
      bins: total.lag.counts.map((labels, bin) => ({ to_seconds: LAG_SECONDS[bin] ?? null, labels })),
    },
    segments: [...watched.segments.counts()].map(({ confidence, correct, ...of }) => ({
      ...of,
      confidence: ofNumbers || of.predictions === 0 ? null : confidence / of.predictions,
      accuracy: ofNumbers || of.labels === 0 ? null : correct / of.labels,
    })),
    history: history.map(({ from, performance }) => ({
      from: new Date(from).toISOString(),
      answered: performance.answered,
      labelled: performance.labelled,
      ...scores(performance),
      estimated_accuracy: performance.type === 'class' ? performance.estimate.accuracy : null,
    })),
  }
}

function scores(of: Performance) {
  return of.type === 'class'
    ? { accuracy: of.accuracy, log_loss: of.logLoss, ece: of.ece, rmse: null, mae: null }
    : { accuracy: null, log_loss: null, ece: null, rmse: of.rmse, mae: of.mae }
}
