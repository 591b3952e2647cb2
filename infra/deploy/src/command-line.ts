import { Command, CommanderError, Option } from 'commander'
import { DeployError } from './errors.ts'
import { type Action, checkSettings, type Settings } from './settings.ts'

export interface Environment {
  readonly [name: string]: string | undefined
}

/** What was asked for instead of a deployment: a text for stdout. */
export interface Shown {
  readonly show: string
}

/**
 * Settings from the arguments (without node and the script) and the environment. `root` is the checkout.
 * @throws DeployError DEPLOY_ERR_USAGE
 */
export function readSettings(args: readonly string[], environment: Environment, root: string): Settings | Shown {
  let shown = ''
  const program = describe()
    .exitOverride()
    .configureOutput({ writeOut: (text) => (shown += text), writeErr: () => {} })
  try {
    program.parse(args, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return { show: shown }
    const message = (error as Error).message.replace(/^error: /, '').replace(/\.$/, '')
    throw new DeployError('DEPLOY_ERR_USAGE', `${message} (see --help).`, { cause: error })
  }
  const flags = program.opts<Flags>()
  return checkSettings({
    action: actionOf(flags),
    release: flags.release,
    namespace: flags.namespace,
    chart: flags.chart ?? `${root}/infra/helm/copse`,
    values: flags.values ?? [],
    set: flags.set ?? [],
    image: flags.image,
    build: flags.build === true,
    buildSecret: flags.buildSecret,
    load: flags.load?.split(/\s+/).filter((word) => word !== ''),
    timeout: Number(flags.timeout),
    dryRun: flags.dryRun === true,
    json: flags.json === true,
    apiKey: environment.COPSE_API_KEY || undefined,
  })
}

interface Flags {
  release: string
  namespace: string
  chart?: string
  values?: string[]
  set?: string[]
  image?: string
  build?: true
  buildSecret?: string
  load?: string
  timeout: string
  dryRun?: true
  status?: true
  rollback?: true
  uninstall?: true
  json?: true
}

function describe(): Command {
  return new Command('deploy')
    .description(
      'Brings the chart to a cluster, waits until it runs, asks every endpoint for an answer that is known, and goes ' +
        'back to what was there before when anything fails. The cluster is the one that kubectl is set to.',
    )
    .addOption(new Option('--status', 'only report what runs').conflicts(['rollback', 'uninstall', 'build', 'image']))
    .addOption(new Option('--rollback', 'go back to the revision before').conflicts(['uninstall', 'build', 'image']))
    .addOption(new Option('--uninstall', 'remove the release').conflicts(['build', 'image']))
    .option('--dry-run', 'show what would change, and change nothing')
    .option('--release <name>', 'name of the release', 'copse')
    .option('--namespace <name>', 'namespace, made when it is not there', 'copse')
    .option('--chart <directory>', 'the chart (default: infra/helm/copse)')
    .option('--values <file...>', 'files with values; later ones win')
    .option('--set <key=value...>', 'single values; they win over files')
    .option('--image <name>', 'image of the service, NAME:TAG or NAME@sha256:DIGEST')
    .option('--build', 'build the image of this checkout, tagged with its commit')
    .option(
      '--build-secret <id=ca,src=file>',
      'a secret of the build: certificates to trust, behind a proxy that signs',
    )
    .option(
      '--load <command>',
      'brings the built image to the nodes, as `kind load docker-image` does (default: docker push)',
    )
    .option('--timeout <seconds>', 'for the rollout', '180')
    .option('--json', 'report as JSON on stdout, and nothing else there')
    .allowExcessArguments(false)
    .helpOption('--help', 'show this')
    .addHelpText(
      'after',
      '\nCOPSE_API_KEY is the key to predict with, where the release has keys.\n' +
        'Exit status: 0 done, 1 failed and back where it was, 2 wrong usage,\n3 failed and not back, 130 interrupted.',
    )
}

function actionOf({ status, rollback, uninstall }: Flags): Action {
  return status ? 'status' : rollback ? 'rollback' : uninstall ? 'uninstall' : 'deploy'
}
