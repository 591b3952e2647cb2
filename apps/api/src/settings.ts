import { parseEnv } from 'node:util'
import { type EnvironmentOptions, environmentOptions, TrackingError } from '@copse/tracking'
import { Ajv } from 'ajv'
import { durationMs } from './duration.ts'
import { Environment, type LogLevel, VARIABLES } from './environment.ts'
import { ApiError } from './errors.ts'
import { flagOf, readFlags, type Shown } from './flags.ts'
import { type MonitoringSettings, monitoringSettings } from './monitoring/settings.ts'
import { nearest } from './nearest.ts'
import { printConfig } from './print-config.ts'

/** Settings of the other programs, which share an environment and a `.env` with this one. */
const OF_OTHERS = ['COPSE_API_KEY', 'COPSE_THREADS']
/** What Kubernetes injects for a Service named copse, and what test programs use. */
const IGNORED = /^COPSE_(SERVICE|PORT|TEST)_/

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
  return flags.printConfig ? { show: printConfig(checked, all) } : settings
}

/** @throws ApiError for a `COPSE_` name that no program knows */
function checkNames(names: readonly string[]): void {
  const known = [...Object.keys(VARIABLES), ...OF_OTHERS]
  for (const name of names) {
    if (!name.startsWith('COPSE_') || IGNORED.test(name) || known.includes(name)) continue
    throw new ApiError('API_ERR_SETTING', `There is no setting ${name}; the nearest name is ${nearest(name, known)}.`)
  }
}

function check(given: Record<string, string>): Environment {
  const read: Record<string, unknown> = { ...given }
  // As in app.ts: no validation against the schema of schemas.
  const ajv = new Ajv({ coerceTypes: true, useDefaults: true, removeAdditional: 'all', validateSchema: false })
  if (ajv.validate<Environment>(Environment, read)) return read
  const [error] = ajv.errors!
  const name = error!.instancePath.slice(1) as keyof Environment
  const flag = flagOf(name)
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
