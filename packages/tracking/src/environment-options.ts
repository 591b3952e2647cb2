import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { codeOf } from './disk.ts'
import { TrackingError } from './errors.ts'
import type { ServerOptions, TlsOptions } from './types.ts'

export type Environment = { readonly [name: string]: string | undefined }

/** The part of `openTracking`'s and `sync`'s options that an environment tells. */
export interface EnvironmentOptions extends ServerOptions {
  uri?: string
  home?: string
}

/**
 * Options from the variables that MLflow's Python client reads, and COPSE_HOME; an empty one counts as absent:
 *
 *     MLFLOW_TRACKING_URI                          uri
 *     MLFLOW_TRACKING_USERNAME, _PASSWORD          auth (Basic); each else from [mlflow] of ~/.mlflow/credentials
 *     MLFLOW_TRACKING_TOKEN                        auth (Bearer), when there is no name and password
 *     MLFLOW_TRACKING_INSECURE_TLS                 tls.insecure: true or 1
 *     MLFLOW_TRACKING_SERVER_CERT_PATH             tls.ca, from that file
 *     MLFLOW_TRACKING_CLIENT_CERT_PATH             tls.cert and tls.key, from that file
 *     MLFLOW_WORKSPACE                             workspace
 *     MLFLOW_HTTP_REQUEST_TIMEOUT                  timeoutMs (the variable is in seconds)
 *     MLFLOW_HTTP_REQUEST_MAX_RETRIES              retries
 *
 * Throws TRACKING_ERR_OPTION for a value that cannot be meant, TRACKING_ERR_FILE for a certificate that cannot be read.
 */
export function environmentOptions(
  environment: Environment,
  { credentialsFile = join(homedir(), '.mlflow', 'credentials') } = {},
): EnvironmentOptions {
  const read = (name: string) => environment[name] || undefined
  const uri = read('MLFLOW_TRACKING_URI')
  const home = read('COPSE_HOME')
  const workspace = read('MLFLOW_WORKSPACE')
  const auth = uri === undefined ? undefined : readAuth(read, credentialsFile)
  const tls = uri?.startsWith('https:') ? readTls(read) : undefined
  const seconds = readNumber(read, 'MLFLOW_HTTP_REQUEST_TIMEOUT', 1, 2_000_000)
  const retries = readNumber(read, 'MLFLOW_HTTP_REQUEST_MAX_RETRIES', 0, 20)
  return {
    ...(uri !== undefined && { uri }),
    ...(home !== undefined && { home }),
    ...(auth && { auth }),
    ...(tls && { tls }),
    ...(workspace !== undefined && { workspace }),
    ...(seconds !== undefined && { timeoutMs: seconds * 1000 }),
    ...(retries !== undefined && { retries }),
  }
}

type Read = (name: string) => string | undefined

function readAuth(read: Read, credentialsFile: string): ServerOptions['auth'] {
  const stored = readCredentials(credentialsFile)
  const username = read('MLFLOW_TRACKING_USERNAME') ?? stored.get('mlflow_tracking_username')
  const password = read('MLFLOW_TRACKING_PASSWORD') ?? stored.get('mlflow_tracking_password')
  const token = read('MLFLOW_TRACKING_TOKEN')
  if (username !== undefined && password !== undefined) return { username, password }
  if (token !== undefined) return { token }
  if (username === undefined && password === undefined) return undefined
  throw new TrackingError(
    'TRACKING_ERR_OPTION',
    'MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD must be set together',
  )
}

/** The section [mlflow] of an INI file by the rules of Python's configparser, without its interpolation. */
function readCredentials(file: string): Map<string, string> {
  const found = new Map<string, string>()
  let section = ''
  for (const line of readText(file, { optional: true }).split(/\r?\n/)) {
    const text = line.trim()
    // A comment takes a whole line: in a value, ; and # are part of a password.
    if (text === '' || text.startsWith('#') || text.startsWith(';')) continue
    const head = /^\[(.+)\]$/.exec(text)
    if (head) section = head[1]!
    const entry = /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(text)
    if (!head && entry && section === 'mlflow') found.set(entry[1]!.toLowerCase(), entry[2]!)
  }
  return found
}

function readTls(read: Read): TlsOptions | undefined {
  const insecure = ['true', '1'].includes(read('MLFLOW_TRACKING_INSECURE_TLS')?.toLowerCase() ?? '')
  const authority = read('MLFLOW_TRACKING_SERVER_CERT_PATH')
  const client = read('MLFLOW_TRACKING_CLIENT_CERT_PATH')
  if (!insecure && authority === undefined && client === undefined) return undefined
  if (insecure && authority !== undefined) {
    throw new TrackingError(
      'TRACKING_ERR_OPTION',
      'MLFLOW_TRACKING_INSECURE_TLS and MLFLOW_TRACKING_SERVER_CERT_PATH contradict each other: set one',
    )
  }
  return {
    ...(insecure && { insecure }),
    ...(authority !== undefined && { ca: readText(authority) }),
    ...(client !== undefined && { cert: readText(client) }),
  }
}

function readNumber(read: Read, name: string, min: number, max: number): number | undefined {
  const text = read(name)
  if (text === undefined) return undefined
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= min && value <= max) return value
  throw new TrackingError(
    'TRACKING_ERR_OPTION',
    `${name} must be a whole number from ${min} to ${max}, not ${JSON.stringify(text)}`,
  )
}

function readText(file: string, { optional = false } = {}): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    if (optional && ['ENOENT', 'ENOTDIR'].includes(codeOf(cause) ?? '')) return ''
    throw new TrackingError('TRACKING_ERR_FILE', `The file ${file} cannot be read (${codeOf(cause)})`, { cause })
  }
}
