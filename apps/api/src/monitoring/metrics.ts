import {
  FEEDBACK_RESULTS,
  type FeatureBin,
  featureBins,
  type LogCounts,
  MOST_EXPORTED,
  type Performance,
  referenceRatios,
  type SeriesDrift,
} from '@copse/monitoring'
import type * as client from '@prometheus-io/client'
import { kindOf } from './drift-answer.ts'
import type { Monitor } from './monitor.ts'
import type { SegmentCount } from './segment-counts.ts'
import type { Watched } from './watched.ts'

/** The part of the client that makes series; `registers` is absent for the global one. */
export interface Metrics {
  readonly client: Pick<typeof client, 'Counter' | 'Gauge'>
  readonly registers?: client.Registry[]
}

type Labels = Readonly<Record<string, string>>
type Set = (labels: Labels, value: number) => void

const STATES = { none: 0, possible: 1, drift: 2 } as const
const OF_SERIES = ['feature', 'kind']

/** The series of a monitor; each is computed at the scrape. */
export function monitorMetrics(monitor: Monitor, { client: { Counter, Gauge }, registers }: Metrics): void {
  const where = registers && { registers }

  function gauge(name: string, help: string, labels: readonly string[], collect: (set: Set) => void): void {
    new Gauge({
      ...where,
      name,
      help,
      labelNames: ['model', 'version', ...labels],
      collect() {
        this.reset()
        collect((of, value) => this.set({ ...of }, value))
      },
    })
  }

  /** A counter whose totals are kept elsewhere. */
  function counter(name: string, help: string, labels: readonly string[], collect: (set: Set) => void): void {
    new Counter({
      ...where,
      name,
      help,
      labelNames: [...labels],
      collect() {
        this.reset()
        collect((of, value) => this.inc({ ...of }, value))
      },
    })
  }

  function ofSeries(name: string, help: string, value: (series: SeriesDrift) => number): void {
    gauge(name, help, OF_SERIES, (set) => {
      for (const watched of monitor.served()) {
        for (const series of exported(watched)) {
          set({ ...labelsOf(watched), feature: series.name, kind: kindOf(series) }, value(series))
        }
      }
    })
  }

  function ofPerformance(name: string, help: string, value: (performance: Performance) => number | null): void {
    gauge(name, help, [], (set) => {
      for (const watched of monitor.served()) {
        const found = value(watched.performance().total)
        if (found !== null) set(labelsOf(watched), found)
      }
    })
  }

  ofSeries('copse_drift_state', 'Drift by series: 0 none, 1 possible, 2 drift', ({ state }) => STATES[state])
  ofSeries('copse_drift_q_value', 'p-value of the last check, adjusted for the number of series', (of) => of.qValue)
  ofSeries('copse_drift_psi', 'Population stability index of the window at the last check', (of) => of.psi)
  ofSeries(
    'copse_drift_jensen_shannon',
    'Jensen-Shannon divergence in bits at the last check',
    (of) => of.jensenShannon,
  )
  ofSeries('copse_drift_missing_ratio', 'Share of rows without a value at the last check', (of) => of.missing)
  ofSeries(
    'copse_drift_outside_ratio',
    'Share of values out of the training range, or of levels that training did not see',
    (of) => of.outside,
  )
  gauge('copse_drift_rows', 'Rows in the window at the last check', [], (set) => {
    for (const watched of monitor.served()) set(labelsOf(watched), watched.report.rows)
  })
  gauge('copse_drift_reference_rows', 'Rows that a window is compared with', ['kind'], (set) => {
    for (const watched of monitor.served()) {
      const { rows, predictions } = watched.facts.reference
      set({ ...labelsOf(watched), kind: 'feature' }, rows)
      if (predictions) set({ ...labelsOf(watched), kind: 'prediction' }, predictions.rows)
    }
  })
  gauge('copse_drift_check_timestamp_seconds', 'When the window was last checked', [], (set) => {
    for (const watched of monitor.served()) set(labelsOf(watched), watched.report.time / 1000)
  })

  function bins(set: Set, watched: Watched, of: readonly FeatureBin[]): void {
    const labels = labelsOf(watched)
    for (const { feature, bin, value } of of) set({ ...labels, feature, bin }, value)
  }
  counter(
    'copse_feature_bin_total',
    'Rows by bin of each of the first 64 features; missing and outside stand beside the bins',
    ['model', 'version', 'feature', 'bin'],
    (set) => {
      for (const watched of monitor.served()) bins(set, watched, featureBins(watched.layout, watched.lifetime()))
    },
  )
  gauge('copse_feature_reference_ratio', 'Share of each bin in training', ['feature', 'bin'], (set) => {
    for (const watched of monitor.served()) bins(set, watched, referenceRatios(watched.layout))
  })

  const ofLog = (name: string, help: string, pick: (counts: LogCounts) => number) =>
    counter(name, help, [], (set) => set({}, monitor.parts.log ? pick(monitor.parts.log.counts) : 0))
  ofLog('copse_prediction_log_written_total', 'Lines that were written to the prediction log', (of) => of.written)
  ofLog(
    'copse_prediction_log_dropped_total',
    'Lines that were dropped, for want of room in the queue or because writing failed',
    (of) => of.dropped,
  )
  ofLog('copse_prediction_log_bytes_total', 'Bytes that were written to the prediction log', (of) => of.bytes)

  counter(
    'copse_prediction_log_uploads_total',
    'Closed segments of the prediction log that were uploaded, or not for now',
    ['result'],
    (set) => {
      const { uploaded = 0, failed = 0 } = monitor.parts.upload?.counts ?? {}
      set({ result: 'uploaded' }, uploaded)
      set({ result: 'failed' }, failed)
    },
  )
  counter('copse_drift_webhook_total', 'Calls of the webhook by how they ended', ['result'], (set) => {
    const { delivered = 0, failed = 0 } = monitor.parts.webhook?.counts ?? {}
    set({ result: 'delivered' }, delivered)
    set({ result: 'failed' }, failed)
  })

  function ofSegments(name: string, help: string, pick: (count: SegmentCount) => number): void {
    counter(name, help, ['model', 'version', 'segment', 'value', 'class'], (set) => {
      for (const watched of monitor.served()) {
        for (const count of watched.segments.counts()) {
          const { segment, value, class: of } = count
          set({ ...labelsOf(watched), segment, value, class: of }, pick(count))
        }
      }
    })
  }
  ofSegments('copse_segment_predictions_total', 'Rows by segment and answered class', (of) => of.predictions)
  ofSegments('copse_segment_confidence_total', 'Sum of the confidences of these rows', (of) => of.confidence)
  ofSegments(
    'copse_segment_labels_total',
    'Labels by segment and class, where they met their prediction',
    (of) => of.labels,
  )
  ofSegments('copse_segment_correct_total', 'Those of them that had been answered', (of) => of.correct)

  counter('copse_feedback_total', 'Labels by what became of them', ['model', 'version', 'result'], (set) => {
    for (const watched of monitor.all()) {
      for (const result of FEEDBACK_RESULTS) set({ ...labelsOf(watched), result }, watched.results[result])
    }
  })
  ofPerformance('copse_feedback_labelled', 'Labels in the window that met their prediction', (of) => of.labelled)
  ofPerformance('copse_feedback_lag_seconds', 'Mean time from a prediction to its label', (of) => of.lag.mean)
  const ofClass = (pick: (of: Performance & { type: 'class' }) => number | null) => (of: Performance) =>
    of.type === 'class' ? pick(of) : null
  const ofNumber = (pick: (of: Performance & { type: 'number' }) => number | null) => (of: Performance) =>
    of.type === 'number' ? pick(of) : null
  ofPerformance(
    'copse_feedback_accuracy',
    'Share of labels that were answered',
    ofClass((of) => of.accuracy),
  )
  ofPerformance(
    'copse_feedback_log_loss',
    'Mean log loss of labels',
    ofClass((of) => of.logLoss),
  )
  ofPerformance(
    'copse_feedback_calibration_error',
    'Expected calibration error',
    ofClass((of) => of.ece),
  )
  ofPerformance(
    'copse_feedback_estimated_accuracy',
    'Accuracy expected of all predictions of the window, without labels',
    ofClass((of) => of.estimate.accuracy),
  )
  ofPerformance(
    'copse_feedback_estimate_error',
    'What the estimate said of labelled predictions, less their accuracy',
    ofClass((of) => of.estimate.error),
  )
  ofPerformance(
    'copse_feedback_rmse',
    'Root of the mean squared error of labels',
    ofNumber((of) => of.rmse),
  )
  ofPerformance(
    'copse_feedback_mae',
    'Mean absolute error of labels',
    ofNumber((of) => of.mae),
  )
  gauge('copse_feedback_recall', 'Share of the labels of a class that were answered', ['class'], (set) => {
    for (const watched of monitor.served()) {
      const { total } = watched.performance()
      if (total.type !== 'class') continue
      for (const { class: name, recall } of total.recall) {
        if (recall !== null) set({ ...labelsOf(watched), class: name }, recall)
      }
    }
  })
}

/** Series of the first features, of the answers and of the signals. */
function exported({ report }: Watched): readonly SeriesDrift[] {
  let features = 0
  return report.series.filter(({ role }) => role !== 'feature' || features++ < MOST_EXPORTED)
}

function labelsOf({ facts: { name, version } }: Watched): Labels {
  return { model: name, version }
}
