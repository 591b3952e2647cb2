import { CHECK_DEFAULTS, type LoggedFeatures } from '@copse/monitoring'
import { type Static, Type } from 'typebox'
import { DURATION, durationMs } from '../duration.ts'
import { ApiError } from '../errors.ts'
import { SIZE, sizeBytes } from '../size.ts'
import { parseSegments, type Segment } from './segments.ts'
import type { UploadSettings } from './upload.ts'

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
  COPSE_PREDICTION_LOG_UPLOAD: Type.Optional(
    Type.String({
      pattern: "^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9!_.*'()/-]{0,512})?$",
      description: 'a bucket and perhaps a prefix, such as s3://logs/copse',
    }),
  ),
  COPSE_SEGMENTS: Type.Optional(Type.String({ minLength: 2, description: 'JSON' })),
  COPSE_DRIFT_WEBHOOK: Type.Optional(
    Type.String({ pattern: '^https?://[^\\s]+$', description: 'an address that begins with http:// or https://' }),
  ),
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
  ['--prediction-log-upload <where>', 'COPSE_PREDICTION_LOG_UPLOAD', 's3://BUCKET/PREFIX that closed segments go to'],
  ['--segments <json>', 'COPSE_SEGMENTS', 'headers or features by whose values predictions are counted'],
  ['--drift-webhook <url>', 'COPSE_DRIFT_WEBHOOK', 'called when a model has drifted'],
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
  /** Where closed segments go; undefined = they stay. */
  readonly upload: UploadSettings | undefined
}

export interface MonitoringSettings {
  /** undefined = predictions are not logged. */
  readonly predictionLog: PredictionLogSettings | undefined
  readonly segments: readonly Segment[]
  /** Called when a model has drifted; undefined = nothing is. */
  readonly driftWebhook: string | undefined
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

/** @throws ApiError API_ERR_SETTING */
export function monitoringSettings(env: MonitoringEnvironment, all: Variables): MonitoringSettings {
  return {
    predictionLog: env.COPSE_PREDICTION_LOG === 'off' ? undefined : logSettings(env, all),
    segments: env.COPSE_SEGMENTS === undefined ? [] : parseSegments(env.COPSE_SEGMENTS),
    driftWebhook: env.COPSE_DRIFT_WEBHOOK,
    driftWindowMs: Math.max(durationMs(env.COPSE_DRIFT_WINDOW), LEAST_WINDOW),
    driftIntervalMs: Math.min(Math.max(durationMs(env.COPSE_DRIFT_INTERVAL), LEAST_INTERVAL), MOST_INTERVAL),
    feedbackWindowMs: Math.max(durationMs(env.COPSE_FEEDBACK_WINDOW), LEAST_WINDOW),
    driftMinimum: env.COPSE_DRIFT_MINIMUM,
  }
}

type Variables = Readonly<Record<string, string | undefined>>

function logSettings(env: MonitoringEnvironment, all: Variables): PredictionLogSettings {
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
    upload: env.COPSE_PREDICTION_LOG_UPLOAD === undefined ? undefined : uploadSettings(env, all),
  }
}

/** Credentials, region and address by the names that AWS's own clients read. */
function uploadSettings(env: MonitoringEnvironment, all: Variables): UploadSettings {
  const { COPSE_PREDICTION_LOG_UPLOAD: target = '', COPSE_PREDICTION_LOG: to } = env
  const refuse = (why: string) =>
    new ApiError('API_ERR_SETTING', `COPSE_PREDICTION_LOG_UPLOAD (--prediction-log-upload) needs ${why}.`)
  if (to === 'stdout') throw refuse('a directory as COPSE_PREDICTION_LOG, in which segments wait')
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = all
  if (!accessKeyId || !secretAccessKey) throw refuse('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY')
  const endpoint = all.AWS_ENDPOINT_URL_S3 || all.AWS_ENDPOINT_URL || all.MLFLOW_S3_ENDPOINT_URL || undefined
  if (endpoint !== undefined && !/^https?:\/\/[^/?#]+\/?$/.test(endpoint)) {
    throw refuse('AWS_ENDPOINT_URL_S3, where it is set, to be an address without a path, such as http://store:9000')
  }
  const [bucket, ...path] = target.slice('s3://'.length).split('/')
  const prefix = path.filter((part) => part !== '').join('/')
  return {
    bucket: bucket!,
    prefix: prefix === '' ? '' : `${prefix}/`,
    endpoint: endpoint?.replace(/\/$/, ''),
    region: all.AWS_REGION || all.AWS_DEFAULT_REGION || 'us-east-1',
    accessKeyId,
    secretAccessKey,
    sessionToken: all.AWS_SESSION_TOKEN || undefined,
  }
}
