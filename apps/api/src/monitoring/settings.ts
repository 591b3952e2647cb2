import { CHECK_DEFAULTS, type LoggedFeatures } from '@copse/monitoring'
import { type Static, Type } from 'typebox'
import { DURATION, durationMs } from '../duration.ts'
import { SIZE, sizeBytes } from '../size.ts'

/** Times that may be long. */
const LONG = 'a number with ms, s, m, h or d'
const SIZES = 'a number with KiB, MiB, GiB or TiB'

function duration(fallback: string, description: string) {
  return Type.String({ default: fallback, pattern: DURATION, description })
}

/** The variables of watching, in the style of those of the service. */
export const MONITORING_VARIABLES = {
  COPSE_PREDICTION_LOG: Type.String({ default: 'off', minLength: 1, description: 'off, stdout or a directory' }),
  COPSE_PREDICTION_LOG_FEATURES: Type.String({
    default: 'none',
    pattern: '^\\s*[^,\\s][^,]*(,\\s*[^,\\s][^,]*)*$',
    description: 'none, all, or names of features with commas between',
  }),
  COPSE_PREDICTION_LOG_SAMPLE: Type.Number({
    default: 1,
    minimum: 0,
    maximum: 1,
    description: 'a share of the predictions from 0 to 1',
  }),
  COPSE_PREDICTION_LOG_RETENTION: duration('0', `${LONG}, such as 30d, or 0 to keep all`),
  COPSE_PREDICTION_LOG_MAX_SIZE: Type.String({
    default: '0',
    pattern: SIZE,
    description: `${SIZES}, such as 10GiB, or 0 to keep all`,
  }),
  COPSE_PREDICTION_LOG_SEGMENT_SIZE: Type.String({
    default: '64MiB',
    pattern: SIZE.replace('0|', ''),
    description: `${SIZES}, such as 64MiB`,
  }),
  COPSE_PREDICTION_LOG_SEGMENT_TIME: Type.String({
    default: '1h',
    pattern: DURATION.replace('0|', ''),
    description: `${LONG}, such as 1h`,
  }),
  COPSE_PREDICTION_LOG_SYNC: Type.String({
    default: '1s',
    pattern: `^(never|close|${DURATION.slice(1, -1).replace('0|', '')})$`,
    description: `never, close, or ${LONG}, such as 1s`,
  }),
  COPSE_DRIFT_WINDOW: Type.String({
    default: '1h',
    pattern: DURATION.replace('0|', ''),
    description: `${LONG}, such as 1h`,
  }),
  COPSE_DRIFT_INTERVAL: Type.String({
    default: '1m',
    pattern: DURATION.replace('0|', ''),
    description: `${LONG}, such as 1m`,
  }),
  COPSE_DRIFT_MINIMUM: Type.Integer({
    default: CHECK_DEFAULTS.leastRows,
    minimum: 1,
    maximum: 1e9,
    description: 'a whole number of rows from 1 to 1000000000',
  }),
  COPSE_FEEDBACK_WINDOW: Type.String({
    default: '24h',
    pattern: DURATION.replace('0|', ''),
    description: `${LONG}, such as 24h`,
  }),
}
const MonitoringEnvironment = Type.Object(MONITORING_VARIABLES)
export type MonitoringEnvironment = Static<typeof MonitoringEnvironment>

export const MONITORING_FLAGS: readonly (readonly [
  flag: string,
  variable: keyof MonitoringEnvironment,
  help: string,
])[] = [
  ['--prediction-log <where>', 'COPSE_PREDICTION_LOG', 'off, stdout or a directory'],
  ['--prediction-log-features <names>', 'COPSE_PREDICTION_LOG_FEATURES', 'which features a record holds'],
  ['--prediction-log-sample <share>', 'COPSE_PREDICTION_LOG_SAMPLE', 'share of the predictions that is logged'],
  ['--prediction-log-retention <duration>', 'COPSE_PREDICTION_LOG_RETENTION', 'after which a segment is deleted'],
  ['--prediction-log-max-size <size>', 'COPSE_PREDICTION_LOG_MAX_SIZE', 'beyond which the oldest are deleted'],
  ['--prediction-log-segment-size <size>', 'COPSE_PREDICTION_LOG_SEGMENT_SIZE', 'at which a segment is closed'],
  ['--prediction-log-segment-time <duration>', 'COPSE_PREDICTION_LOG_SEGMENT_TIME', 'after which a segment is closed'],
  ['--prediction-log-sync <when>', 'COPSE_PREDICTION_LOG_SYNC', 'when records are made to survive a power cut'],
  ['--drift-window <duration>', 'COPSE_DRIFT_WINDOW', 'length of the window that is compared with training'],
  ['--drift-interval <duration>', 'COPSE_DRIFT_INTERVAL', 'between two checks of it'],
  ['--drift-minimum <rows>', 'COPSE_DRIFT_MINIMUM', 'rows below which nothing is concluded'],
  ['--feedback-window <duration>', 'COPSE_FEEDBACK_WINDOW', 'length of the window of performance'],
]

/** Where predictions are logged, and what of them. */
export interface PredictionLogSettings {
  readonly to: 'stdout' | { readonly directory: string }
  readonly features: LoggedFeatures
  readonly sample: number
  /** Milliseconds and bytes after which closed segments are deleted; Infinity = never. */
  readonly retainMs: number
  readonly retainBytes: number
  readonly segmentBytes: number
  readonly segmentMs: number
  readonly sync: 'never' | 'close' | number
}

export interface MonitoringSettings {
  /** undefined = predictions are not logged. */
  readonly predictionLog: PredictionLogSettings | undefined
  /** Milliseconds. */
  readonly driftWindowMs: number
  readonly driftIntervalMs: number
  readonly feedbackWindowMs: number
  /** Rows below which nothing is concluded. */
  readonly driftMinimum: number
}

/** Least milliseconds between two checks. */
const LEAST_INTERVAL = 100
/** Node's timers hold no more milliseconds. */
const MOST_INTERVAL = 2 ** 31 - 1
/** Least milliseconds of a window: a part of it is at least one. */
const LEAST_WINDOW = 1000

export function monitoringSettings(env: MonitoringEnvironment): MonitoringSettings {
  return {
    predictionLog: env.COPSE_PREDICTION_LOG === 'off' ? undefined : logSettings(env),
    driftWindowMs: Math.max(durationMs(env.COPSE_DRIFT_WINDOW), LEAST_WINDOW),
    driftIntervalMs: Math.min(Math.max(durationMs(env.COPSE_DRIFT_INTERVAL), LEAST_INTERVAL), MOST_INTERVAL),
    feedbackWindowMs: Math.max(durationMs(env.COPSE_FEEDBACK_WINDOW), LEAST_WINDOW),
    driftMinimum: env.COPSE_DRIFT_MINIMUM,
  }
}

function logSettings(env: MonitoringEnvironment): PredictionLogSettings {
  const { COPSE_PREDICTION_LOG: to, COPSE_PREDICTION_LOG_FEATURES: features, COPSE_PREDICTION_LOG_SYNC: sync } = env
  return {
    to: to === 'stdout' ? 'stdout' : { directory: to },
    features: features === 'none' || features === 'all' ? features : features.split(',').map((name) => name.trim()),
    sample: env.COPSE_PREDICTION_LOG_SAMPLE,
    retainMs: durationMs(env.COPSE_PREDICTION_LOG_RETENTION) || Infinity,
    retainBytes: sizeBytes(env.COPSE_PREDICTION_LOG_MAX_SIZE) || Infinity,
    segmentBytes: sizeBytes(env.COPSE_PREDICTION_LOG_SEGMENT_SIZE),
    segmentMs: durationMs(env.COPSE_PREDICTION_LOG_SEGMENT_TIME),
    sync: sync === 'never' || sync === 'close' ? sync : durationMs(sync),
  }
}
