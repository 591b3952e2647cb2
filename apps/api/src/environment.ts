import { type Static, Type } from 'typebox'
import { DURATION } from './duration.ts'
import { MONITORING_VARIABLES } from './monitoring/settings.ts'

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** The environment as this program reads it: its schema, and the sentence for a value that does not fit it. */
export const Environment = Type.Object({
  COPSE_HOST: Type.String({
    default: '127.0.0.1',
    minLength: 1,
    pattern: '^[^\\s/]+$',
    description: 'a host name or an address',
  }),
  COPSE_PORT: Type.Integer({
    default: 3000,
    minimum: 0,
    maximum: 65_535,
    description: 'a whole number from 0 to 65535',
  }),
  COPSE_METRICS_PORT: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 65_535, description: 'a whole number from 0 to 65535' }),
  ),
  COPSE_HOME: Type.String({ default: '.copse', minLength: 1, description: 'a directory' }),
  COPSE_MODEL: Type.String({
    default: 'models:/iris@champion',
    pattern: '^\\s*[^,\\s][^,]*(,\\s*[^,\\s][^,]*)*$',
    description: 'models with commas between, such as models:/iris@champion,models:/churn/3 or file:./bundle',
  }),
  COPSE_POLL_INTERVAL: Type.String({
    default: '10s',
    pattern: DURATION,
    description: 'a number with ms, s, m, h or d, such as 10s',
  }),
  COPSE_DRAIN_DELAY: Type.String({
    default: '0',
    pattern: DURATION,
    description: 'a number with ms, s, m, h or d, such as 5s',
  }),
  COPSE_PROCESSES: Type.Integer({
    default: 1,
    minimum: 1,
    maximum: 256,
    description: 'a whole number from 1 to 256',
  }),
  COPSE_API_KEYS_FILE: Type.Optional(Type.String({ minLength: 1, description: 'a file' })),
  COPSE_RATE_LIMIT: Type.Number({
    default: 0,
    minimum: 0,
    maximum: 1e6,
    description: 'a number of requests a second from 0 (no limit) to 1000000',
  }),
  COPSE_MAX_CONCURRENCY: Type.Integer({
    default: 256,
    minimum: 1,
    maximum: 65_536,
    description: 'a whole number from 1 to 65536',
  }),
  COPSE_MAX_DELAY: Type.String({
    default: '1s',
    pattern: DURATION,
    description: 'a number with ms, s, m, h or d, such as 500ms, or 0 for no limit',
  }),
  COPSE_DEADLINE: Type.String({
    default: '10s',
    pattern: DURATION,
    description: 'a number with ms, s, m, h or d, such as 10s, or 0 for none',
  }),
  ...MONITORING_VARIABLES,
  COPSE_CONSOLE: Type.Optional(Type.String({ minLength: 1, description: 'the folder of the built page, or off' })),
  COPSE_LOG_LEVEL: Type.Enum([...LOG_LEVELS], { default: 'warn', description: `one of ${LOG_LEVELS.join(', ')}` }),
  MLFLOW_TRACKING_URI: Type.Optional(
    Type.String({
      pattern: '^https?://[^\\s]+$',
      description: 'the address of an MLflow server, such as http://host:5000',
    }),
  ),
})
export type Environment = Static<typeof Environment>

/** What a TypeBox schema carries beside its type. */
interface Described {
  readonly '~kind'?: unknown
  readonly default?: unknown
  readonly description?: string
}
export const VARIABLES: Readonly<Record<keyof Environment, Described>> = Environment.properties
