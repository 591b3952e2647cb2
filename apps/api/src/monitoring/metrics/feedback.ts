import { FEEDBACK_RESULTS, type Performance } from '@copse/monitoring'
import { type MonitorMetric, ofAll, ofServed, type Sample } from './metric.ts'

type OfClasses = Extract<Performance, { type: 'class' }>
type OfNumbers = Extract<Performance, { type: 'number' }>

/** What became of labels, and how good the answers of the window were; what no label tells yet has no sample. */
export const FEEDBACK_METRICS: readonly MonitorMetric[] = [
  ofAll({
    type: 'counter',
    name: 'copse_feedback_total',
    help: 'Labels by what became of them',
    labels: ['result'],
    samples: ({ results }) => FEEDBACK_RESULTS.map((result) => [{ result }, results[result]]),
  }),
  ofPerformance('labelled', 'Labels in the window that met their prediction', (of) => of.labelled),
  ofPerformance('lag_seconds', 'Mean time from a prediction to its label', (of) => of.lag.mean),
  ofClasses('accuracy', 'Share of labels that were answered', (of) => of.accuracy),
  ofClasses('log_loss', 'Mean log loss of labels', (of) => of.logLoss),
  ofClasses('calibration_error', 'Expected calibration error', (of) => of.ece),
  ofClasses(
    'estimated_accuracy',
    'Accuracy expected of all predictions of the window, without labels',
    (of) => of.estimate.accuracy,
  ),
  ofClasses(
    'estimate_error',
    'What the estimate said of labelled predictions, less their accuracy',
    (of) => of.estimate.error,
  ),
  ofNumbers('rmse', 'Root of the mean squared error of labels', (of) => of.rmse),
  ofNumbers('mae', 'Mean absolute error of labels', (of) => of.mae),
  ofServed({
    type: 'gauge',
    name: 'copse_feedback_recall',
    help: 'Share of the labels of a class that were answered',
    labels: ['class'],
    samples(watched) {
      const { total } = watched.performance()
      if (total.type !== 'class') return []
      return total.recall.flatMap((of): Sample[] => (of.recall === null ? [] : [[{ class: of.class }, of.recall]]))
    },
  }),
]

function ofPerformance(name: string, help: string, value: (performance: Performance) => number | null): MonitorMetric {
  return ofServed({
    type: 'gauge',
    name: `copse_feedback_${name}`,
    help,
    samples(watched) {
      const found = value(watched.performance().total)
      return found === null ? [] : [[{}, found]]
    },
  })
}

function ofClasses(name: string, help: string, value: (performance: OfClasses) => number | null): MonitorMetric {
  return ofPerformance(name, help, (of) => (of.type === 'class' ? value(of) : null))
}

function ofNumbers(name: string, help: string, value: (performance: OfNumbers) => number | null): MonitorMetric {
  return ofPerformance(name, help, (of) => (of.type === 'number' ? value(of) : null))
}
