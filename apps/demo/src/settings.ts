import { Command, InvalidArgumentError } from 'commander'
import { DemoError } from './errors.ts'

export interface Settings {
  /** Of the service; ends in a slash. */
  readonly url: URL
  /** Length of the load run. */
  readonly seconds: number
  readonly apiKey: string | undefined
}

export type Environment = Readonly<Record<string, string | undefined>>

/** Where help and usage errors go. */
export interface Streams {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}

const DEFAULTS = { host: '127.0.0.1', port: '3000', seconds: 3 } as const
const MOST_SECONDS = 600

/**
 * Settings from the arguments (without node and the script) and the environment; a flag wins over its variable.
 *
 * @throws CommanderError after it has printed help (exitCode 0) or a usage error
 */
export function readSettings(args: readonly string[], environment: Environment, streams: Streams): Settings {
  const program = describe(streams)
  // `pnpm demo -- --seconds 1` hands the bare `--` on, as npm users expect it to be eaten.
  program.parse(args[0] === '--' ? args.slice(1) : args, { from: 'user' })
  const { url, seconds, apiKey } = program.opts<{ url?: URL; seconds: number; apiKey?: string }>()
  try {
    return { url: url ?? addressOf(environment), seconds, apiKey }
  } catch (error) {
    return program.error((error as Error).message)
  }
}

function describe(streams: Streams): Command {
  return new Command('pnpm demo')
    .description(
      'Show a running service: its health, six answers, three refusals, a short load run and what model it serves. ' +
        'Exit 0 when all of it is as it should be, else 1; 2 after wrong usage.',
    )
    .option(
      '--url <url>',
      'address of the service (default: http://127.0.0.1:3000; env: COPSE_HOST, COPSE_PORT)',
      toUrl,
    )
    .option('--seconds <n>', `length of the load run, 1 to ${MOST_SECONDS}`, toSeconds, DEFAULTS.seconds)
    .option('--api-key <key>', 'key with the scope predict, where the service has keys')
    .helpOption('--help', 'show this and exit')
    .configureOutput({
      writeOut: streams.out,
      writeErr: streams.err,
      getOutHelpWidth: () => 80,
      getErrHelpWidth: () => 80,
    })
    .showHelpAfterError('Try --help.')
    .exitOverride()
}

function toUrl(text: string): URL {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new InvalidArgumentError('It must be an address such as http://127.0.0.1:3000.')
  }
  url.pathname = url.pathname.replace(/\/*$/, '/')
  url.search = ''
  url.hash = ''
  return url
}

function toSeconds(text: string): number {
  const seconds = /^\d{1,3}$/.test(text) ? Number(text) : 0
  if (seconds < 1 || seconds > MOST_SECONDS) {
    throw new InvalidArgumentError(`It must be a whole number of 1 to ${MOST_SECONDS}.`)
  }
  return seconds
}

/** Where a service with the same environment listens. */
function addressOf(environment: Environment): URL {
  const port = environment.COPSE_PORT || DEFAULTS.port
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535) {
    throw new DemoError(
      'DEMO_ERR_SETTING',
      'COPSE_PORT must be a port of 1 to 65535; Kubernetes sets another kind of value unless the pod says ' +
        'enableServiceLinks: false.',
    )
  }
  const url = URL.parse(`http://${hostOf(environment.COPSE_HOST || DEFAULTS.host)}:${port}/`)
  if (url === null) throw new DemoError('DEMO_ERR_SETTING', 'COPSE_HOST must be a host name or an address.')
  return url
}

/** A service that listens on every address is asked on the loopback one. */
function hostOf(host: string): string {
  const reachable = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host
  return reachable.includes(':') ? `[${reachable}]` : reachable
}
