import { parseEnv } from 'node:util'
import { type EnvironmentOptions, environmentOptions, TrackingError } from '@copse/tracking'
import { Ajv } from 'ajv'
import { Command, CommanderError } from 'commander'
import { type Static, Type } from 'typebox'
import { DURATION, durationMs } from './duration.ts'
import { ApiError } from './errors.ts'
import {
  MONITORING_FLAGS,
  MONITORING_VARIABLES,
  type MonitoringSettings,
  monitoringSettings,
} from './monitoring/settings.ts'
import { nearest } from './nearest.ts'

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
type Environment = Static<typeof Environment>

/** Settings of the other programs, which share an environment and a `.env` with this one. */
const OF_OTHERS = ['COPSE_API_KEY', 'COPSE_THREADS']
/** What Kubernetes injects for a Service named copse, and what test programs use. */
const IGNORED = /^COPSE_(SERVICE|PORT|TEST)_/

/** What a TypeBox schema carries beside its type. */
interface Described {
  readonly '~kind'?: unknown
  readonly default?: unknown
  readonly description?: string
}
const VARIABLES: Readonly<Record<keyof Environment, Described>> = Environment.properties

export interface Settings extends MonitoringSettings {
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
  readonly processes: number
  readonly apiKeysFile: string | undefined
  /** Requests a second for each key; 0 = no limit. */
  readonly rateLimit: number
  /** Most inference requests at once. */
  readonly maxConcurrency: number
  /** Most milliseconds that the event loop may be late before inference requests are refused; 0 = no limit. */
  readonly maxDelayMs: number
  /** Milliseconds from a request's head to its prediction; 0 = no limit. */
  readonly deadlineMs: number
  /** The folder of the built page, or `off`; undefined = the one beside this app, where there is one. */
  readonly console: string | undefined
  /** The registry: an MLflow server when it has a `uri`, else the local store. */
  readonly tracking: EnvironmentOptions
}

/** What was asked for instead of serving: a text for stdout. */
export interface Shown {
  readonly show: string
}

/**
 * Settings from flags, environment and the text of a `.env` file, each before the next; an empty variable counts as
 * unset.
 * @throws ApiError API_ERR_SETTING naming the flag and the variable
 */
export function readSettings(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  dotenv = '',
): Settings | Shown {
  const flags = readFlags(argv)
  if ('show' in flags) return flags
  const all: Record<string, string | undefined> = Object.assign(Object.create(null), parseEnv(dotenv))
  for (const [name, value] of [...Object.entries(env), ...Object.entries(flags.values)]) {
    if (value !== undefined && value !== '') all[name] = value
  }
  checkNames(Object.keys(all))
  const given: Record<string, string> = {}
  for (const name of Object.keys(VARIABLES)) if (all[name]) given[name] = all[name]
  const checked = check(given)
  const settings = toSettings(checked, all)
  return flags.printConfig ? { show: shown(checked, all) } : settings
}

/** @throws ApiError for a `COPSE_` name that no program knows */
function checkNames(names: readonly string[]): void {
  const known = [...Object.keys(VARIABLES), ...OF_OTHERS]
  for (const name of names) {
    if (!name.startsWith('COPSE_') || IGNORED.test(name) || known.includes(name)) continue
    throw new ApiError('API_ERR_SETTING', `There is no setting ${name}; the nearest name is ${nearest(name, known)}.`)
  }
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
  ['--api-keys-file <file>', 'COPSE_API_KEYS_FILE', 'who may call: lines of NAME SCOPE[,SCOPE] sha256:HEX'],
  ['--rate-limit <number>', 'COPSE_RATE_LIMIT', 'requests a second for each key; 0 is no limit'],
  ['--max-concurrency <number>', 'COPSE_MAX_CONCURRENCY', 'inference requests at once; more answer 429'],
  ['--max-delay <duration>', 'COPSE_MAX_DELAY', 'event-loop delay above which inference answers 503; 0 is no limit'],
  ['--deadline <duration>', 'COPSE_DEADLINE', "from a request's head to its prediction, else 504; 0 is none"],
  ...MONITORING_FLAGS,
  ['--console <folder>', 'COPSE_CONSOLE', 'the built page, or off; without it the one beside this app'],
  ['--log-level <level>', 'COPSE_LOG_LEVEL', LOG_LEVELS.join(', ')],
  ['--tracking-uri <url>', 'MLFLOW_TRACKING_URI', 'MLflow server; without it the local store'],
]

interface Flags {
  readonly values: Readonly<Record<string, string>>
  readonly printConfig: boolean
}

function readFlags(argv: readonly string[]): Flags | Shown {
  let shown = ''
  const command = new Command('serve')
    .description('Serves a model over HTTP.')
    .helpOption('--help', 'show this')
    .option('--print-config', 'show every setting as it is read, without secrets')
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
  const { printConfig = false, ...options }: { printConfig?: boolean } & Record<string, string> = command.opts()
  const values: Record<string, string> = {}
  for (const [flag, variable] of FLAGS) {
    const value = options[camelCase(flag)]
    if (value !== undefined) values[variable] = value
  }
  return { values, printConfig }
}

function sentence(message: string) {
  const text = message.replace(/^error: /, '').replace(/\.$/, '')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function camelCase(flag: string) {
  return flag.slice(2, flag.indexOf(' ')).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
}

function check(given: Record<string, string>): Environment {
  const read: Record<string, unknown> = { ...given }
  // As in app.ts: no validation against the schema of schemas.
  const ajv = new Ajv({ coerceTypes: true, useDefaults: true, removeAdditional: 'all', validateSchema: false })
  if (ajv.validate<Environment>(Environment, read)) return read
  const [error] = ajv.errors!
  const name = error!.instancePath.slice(1) as keyof Environment
  const flag = FLAGS.find(([, variable]) => variable === name)?.[0].split(' ')[0]
  const links =
    name.endsWith('PORT') && given[name]?.startsWith('tcp://')
      ? '; this one comes from a Kubernetes Service named copse, so set enableServiceLinks: false in the pod'
      : ''
  const what = VARIABLES[name].description
  throw new ApiError('API_ERR_SETTING', `${flag === undefined ? name : `${name} (${flag})`} must be ${what}${links}.`, {
    cause: error,
  })
}

function toSettings(env: Environment, all: Readonly<Record<string, string | undefined>>): Settings {
  return {
    host: env.COPSE_HOST,
    port: env.COPSE_PORT,
    metricsPort: env.COPSE_PORT !== 0 && env.COPSE_METRICS_PORT === env.COPSE_PORT ? undefined : env.COPSE_METRICS_PORT,
    home: env.COPSE_HOME,
    models: env.COPSE_MODEL.split(',').map((text) => text.trim()),
    pollIntervalMs: Math.max(durationMs(env.COPSE_POLL_INTERVAL), 100),
    drainDelayMs: durationMs(env.COPSE_DRAIN_DELAY),
    logLevel: env.COPSE_LOG_LEVEL,
    processes: env.COPSE_PROCESSES,
    apiKeysFile: env.COPSE_API_KEYS_FILE,
    rateLimit: env.COPSE_RATE_LIMIT,
    maxConcurrency: env.COPSE_MAX_CONCURRENCY,
    maxDelayMs: durationMs(env.COPSE_MAX_DELAY),
    deadlineMs: durationMs(env.COPSE_DEADLINE),
    ...monitoringSettings(env, all),
    console: env.COPSE_CONSOLE,
    tracking: trackingOptions({ ...all, COPSE_HOME: env.COPSE_HOME }),
  }
}

/** The server's address, credentials, certificates and limits, by the names that MLflow's Python client reads. */
function trackingOptions(env: Readonly<Record<string, string | undefined>>): EnvironmentOptions {
  try {
    return environmentOptions(env)
  } catch (cause) {
    if (cause instanceof TrackingError) throw new ApiError('API_ERR_SETTING', `${cause.message}.`, { cause })
    throw cause
  }
}

const HIDDEN = '(hidden)'

/** The settings as lines of a `.env` file, with what is secret hidden. */
function shown(env: Environment, all: Readonly<Record<string, string | undefined>>): string {
  const own = Object.keys(VARIABLES).map((name) => [name, env[name as keyof Environment]] as const)
  const others = Object.entries(all).filter(
    ([name, value]) => name.startsWith('MLFLOW_') && value && !(name in VARIABLES),
  )
  return [...own, ...others]
    .map(([name, value]) => (value === undefined ? `# ${name} is not set\n` : `${name}=${unsecret(name, value)}\n`))
    .join('')
}

function unsecret(name: string, value: string | number): string {
  if (/PASSWORD|TOKEN|SECRET|WEBHOOK/.test(name)) return HIDDEN
  return String(value).replace(/\/\/[^/@]*@/g, `//${HIDDEN}@`)
}
