import { Command, CommanderError } from 'commander'
import { envSchema } from 'env-schema'
import { type Static, Type } from 'typebox'
import { DURATION, durationMs } from './duration.ts'
import { ApiError } from './errors.ts'

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** The environment as this program reads it: its schema, and the sentence for a value that does not fit it. */
const Environment = Type.Object({
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
    description: 'a number with ms, s or m, such as 10s',
  }),
  COPSE_DRAIN_DELAY: Type.String({
    default: '0',
    pattern: DURATION,
    description: 'a number with ms, s or m, such as 5s',
  }),
  COPSE_PROCESSES: Type.Integer({ default: 1, minimum: 1, maximum: 1, description: '1 (this version is one process)' }),
  COPSE_API_KEYS_FILE: Type.Optional(
    Type.String({
      maxLength: 0,
      description: 'unset, because this version knows no keys and would leave every route open',
    }),
  ),
  COPSE_LOG_LEVEL: Type.Enum([...LOG_LEVELS], { default: 'warn', description: `one of ${LOG_LEVELS.join(', ')}` }),
  MLFLOW_TRACKING_URI: Type.Optional(
    Type.String({
      pattern: '^https?://[^\\s]+$',
      description: 'the address of an MLflow server, such as http://host:5000',
    }),
  ),
  MLFLOW_TRACKING_USERNAME: Type.Optional(Type.String()),
  MLFLOW_TRACKING_PASSWORD: Type.Optional(Type.String()),
  MLFLOW_TRACKING_TOKEN: Type.Optional(Type.String()),
})
type Environment = Static<typeof Environment>

/** What a TypeBox schema carries beside its type. */
interface Described {
  readonly '~kind'?: unknown
  readonly default?: unknown
  readonly description?: string
}
const VARIABLES: Readonly<Record<keyof Environment, Described>> = Environment.properties

export interface Settings {
  readonly host: string
  /** 0 = any free port. */
  readonly port: number
  /** undefined = metrics are on the same port as everything else. */
  readonly metricsPort: number | undefined
  /** Directory of the local store and of the model cache. */
  readonly home: string
  /** Model references, at least one: `models:/NAME@ALIAS`, `models:/NAME/VERSION` or `file:DIRECTORY`. */
  readonly models: readonly string[]
  readonly pollIntervalMs: number
  readonly drainDelayMs: number
  readonly logLevel: LogLevel
  /** MLflow server; undefined = the local store. */
  readonly trackingUri: string | undefined
  readonly auth: { username: string; password: string } | { token: string } | undefined
}

/** What was asked for instead of serving: a text for stdout. */
export interface Shown {
  readonly show: string
}

/**
 * Settings from flags and environment; a flag wins, an empty variable counts as unset.
 * @throws ApiError API_ERR_SETTING naming the flag and the variable
 */
export function readSettings(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Settings | Shown {
  const flags = readFlags(argv)
  if ('show' in flags) return flags
  const given: Record<string, string> = {}
  for (const name of Object.keys(VARIABLES)) {
    const value = flags.values[name] ?? env[name]
    if (value !== undefined && value !== '') given[name] = value
  }
  return toSettings(check(given))
}

const FLAGS: readonly (readonly [flag: string, variable: keyof Environment, help: string])[] = [
  ['--host <address>', 'COPSE_HOST', 'address to listen on'],
  ['--port <number>', 'COPSE_PORT', 'port to listen on; 0 takes any free one'],
  ['--metrics-port <number>', 'COPSE_METRICS_PORT', 'a port of its own for /metrics'],
  ['--home <directory>', 'COPSE_HOME', 'local store and model cache'],
  [
    '--model <references>',
    'COPSE_MODEL',
    'models:/NAME@ALIAS, models:/NAME/VERSION or file:DIRECTORY, with commas between',
  ],
  ['--poll-interval <duration>', 'COPSE_POLL_INTERVAL', 'how often to ask the registry for something new'],
  ['--drain-delay <duration>', 'COPSE_DRAIN_DELAY', 'not ready but still accepting, before the listener closes'],
  ['--processes <number>', 'COPSE_PROCESSES', 'processes behind the port'],
  ['--api-keys-file <file>', 'COPSE_API_KEYS_FILE', 'not in this version'],
  ['--log-level <level>', 'COPSE_LOG_LEVEL', LOG_LEVELS.join(', ')],
  ['--tracking-uri <url>', 'MLFLOW_TRACKING_URI', 'MLflow server; without it the local store'],
]

function readFlags(argv: readonly string[]): { values: Record<string, string> } | Shown {
  let shown = ''
  const command = new Command('serve')
    .description('Serves a model over HTTP.')
    .helpOption('--help', 'show this')
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: (text) => (shown += text), writeErr: () => {} })
  for (const [flag, variable, help] of FLAGS) {
    const value = VARIABLES[variable].default
    command.option(flag, `${help} (${variable}${value === undefined ? '' : `, default ${value}`})`)
  }
  try {
    // `pnpm serve -- --port 1` hands the `--` on.
    command.parse(argv[0] === '--' ? argv.slice(1) : argv, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return { show: shown }
    throw new ApiError('API_ERR_SETTING', `${sentence((error as Error).message)} (see --help).`, { cause: error })
  }
  const options: Record<string, string> = command.opts()
  const values: Record<string, string> = {}
  for (const [flag, variable] of FLAGS) {
    const value = options[camelCase(flag)]
    if (value !== undefined) values[variable] = value
  }
  return { values }
}

function sentence(message: string) {
  const text = message.replace(/^error: /, '').replace(/\.$/, '')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function camelCase(flag: string) {
  return flag.slice(2, flag.indexOf(' ')).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
}

function check(given: Record<string, string>): Environment {
  try {
    return envSchema<Environment>({ schema: Environment, data: given, env: false })
  } catch (error) {
    const path = (error as { errors?: { instancePath: string }[] }).errors?.[0]?.instancePath
    const name = (path ?? '').slice(1) as keyof Environment
    if (!(name in VARIABLES)) throw error
    const flag = FLAGS.find(([, variable]) => variable === name)?.[0].split(' ')[0]
    const links =
      name.endsWith('PORT') && given[name]?.startsWith('tcp://')
        ? '; this one comes from a Kubernetes Service named copse, so set enableServiceLinks: false in the pod'
        : ''
    const what = VARIABLES[name].description
    throw new ApiError(
      'API_ERR_SETTING',
      `${flag === undefined ? name : `${name} (${flag})`} must be ${what}${links}.`,
      {
        cause: error,
      },
    )
  }
}

function toSettings(env: Environment): Settings {
  const { MLFLOW_TRACKING_USERNAME: username, MLFLOW_TRACKING_PASSWORD: password, MLFLOW_TRACKING_TOKEN: token } = env
  return {
    host: env.COPSE_HOST,
    port: env.COPSE_PORT,
    metricsPort: env.COPSE_PORT !== 0 && env.COPSE_METRICS_PORT === env.COPSE_PORT ? undefined : env.COPSE_METRICS_PORT,
    home: env.COPSE_HOME,
    models: env.COPSE_MODEL.split(',').map((text) => text.trim()),
    pollIntervalMs: Math.max(durationMs(env.COPSE_POLL_INTERVAL), 100),
    drainDelayMs: durationMs(env.COPSE_DRAIN_DELAY),
    logLevel: env.COPSE_LOG_LEVEL,
    trackingUri: env.MLFLOW_TRACKING_URI,
    auth:
      username !== undefined && password !== undefined
        ? { username, password }
        : token === undefined
          ? undefined
          : { token },
  }
}
