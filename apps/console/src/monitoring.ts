import { object } from './answers.ts'

/** The answers of `/monitoring/*`, as far as the page shows them. */

export type DriftLevel = 'none' | 'possible' | 'drift'

export interface Shares {
  readonly reference: number
  readonly current: number
}

export interface DriftBin extends Shares {
  readonly label: string
  /** Ends of a number's bin; null is open. */
  readonly from: number | null
  readonly to: number | null
}

export interface DriftSeries {
  readonly name: string
  readonly kind: 'feature' | 'prediction' | 'confidence' | 'disagreement' | 'rare_leaves'
  readonly type: 'number' | 'category'
  readonly state: DriftLevel
  readonly since: string | null
  readonly evidence: DriftLevel
  readonly q: number
  readonly psi: number
  readonly expected_psi: number
  readonly rows: number
  readonly reference_rows: number
  readonly missing: Shares
  readonly out_of_range: Shares | null
  readonly unseen: Shares | null
  readonly bins: readonly DriftBin[]
}

export interface Drift {
  readonly state: DriftLevel
  readonly enough: boolean
  readonly rows: number
  readonly minimum_rows: number
  readonly reference_rows: number
  readonly window_seconds: number
  readonly interval_seconds: number
  readonly checked_at: string
  readonly series: readonly DriftSeries[]
}

export interface PerformancePoint {
  readonly from: string
  readonly answered: number
  readonly labelled: number
  readonly accuracy: number | null
  readonly estimated_accuracy: number | null
  readonly log_loss: number | null
  readonly rmse: number | null
  readonly mae: number | null
}

export interface Performance {
  readonly type: 'class' | 'number'
  readonly window_seconds: number
  readonly sub_window_seconds: number
  readonly answered: number
  readonly labelled: number
  readonly unmatched: number
  readonly results: Readonly<Record<string, number>>
  readonly accuracy: number | null
  readonly log_loss: number | null
  readonly ece: number | null
  readonly recall: readonly { readonly class: string; readonly labels: number; readonly recall: number | null }[]
  readonly rmse: number | null
  readonly mae: number | null
  readonly bias: number | null
  readonly r2: number | null
  readonly coverage: number | null
  readonly estimate: { readonly accuracy: number | null; readonly error: number | null }
  readonly lag: { readonly mean_seconds: number | null }
  readonly history: readonly PerformancePoint[]
}

export interface LivePoint {
  readonly time: string
  readonly requests_per_second: number
  readonly errors_per_second: number
  readonly predictions_per_second: number
  readonly latency_seconds: { readonly p50: number | null; readonly p95: number | null; readonly p99: number | null }
}

export interface Live {
  readonly processes: number
  readonly step_seconds: number
  readonly now: LivePoint
  readonly series: readonly LivePoint[]
}

/** An answer as what the route answers; of what is in it a view that cannot show it says so. @throws Refusal */
export function readMonitoring<T>(json: unknown): T {
  object(json)
  return json as T
}
