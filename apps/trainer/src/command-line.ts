import { environmentOptions } from '@copse/tracking'
import { Command, InvalidArgumentError, Option } from 'commander'
import { TrainerError } from './errors.ts'
import { ONNX_POLICIES } from './onnx.ts'
import {
  COLUMN_TYPES,
  type ColumnType,
  checkSettings,
  DEFAULTS,
  MAX_SEED,
  MAX_THREADS,
  MAX_TREES,
  type PartialSettings,
  PROMOTE_POLICIES,
  type Settings,
  TASKS,
} from './settings.ts'

export type Environment = { readonly [name: string]: string | undefined }

/** Where help and usage errors go. */
export interface Streams {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}

/**
 * Settings from the arguments (without node and the script) and the environment; a flag wins over its variable.
 * @throws CommanderError after it has printed help (exitCode 0) or told a usage error (exitCode 1)
 */
export function readSettings(args: readonly string[], environment: Environment, streams: Streams): Settings {
  const program = describe(streams)
  // `pnpm train -- --trees 10` hands the bare `--` on, as npm users expect it to be eaten.
  program.parse(args[0] === '--' ? args.slice(1) : args, { from: 'user' })
  const flags = program.opts<Flags>()
  try {
    return checkSettings(merge(flags, environment))
  } catch (error) {
    return program.error(`error: ${(error as Error).message}`)
  }
}

type Flags = Omit<PartialSettings, 'types' | 'trackingUri' | 'server'> & { type?: readonly string[] }

function describe(streams: Streams): Command {
  return new Command('pnpm train')
    .description(
      'Read a table, train several random forests, log each as a run, register the best and make it the champion when ' +
        'it beats the one before. Without --data the table is Iris.',
    )
    .addOption(new Option('--data <file>', 'CSV file with a header line').helpGroup('Your table:'))
    .addOption(new Option('--target <column>', 'column to predict').helpGroup('Your table:'))
    .addOption(
      new Option(
        '--task <task>',
        'default: classification when the target is text, boolean or has two distinct values, else regression',
      )
        .choices(TASKS)
        .helpGroup('Your table:'),
    )
    .addOption(new Option('--ignore <column...>', 'columns to leave out').helpGroup('Your table:'))
    .addOption(
      new Option('--type <column=type...>', 'read a column as number or category, e.g. zip=category').helpGroup(
        'Your table:',
      ),
    )
    .addOption(
      new Option('--trees <n>', `trees a forest (default: ${DEFAULTS.trees})`).argParser(integer(1, MAX_TREES)),
    )
    .addOption(
      new Option(
        '--seed <n>',
        `seed of folds and forests, never of which rows are held out (default: ${DEFAULTS.seed})`,
      ).argParser(integer(0, MAX_SEED)),
    )
    .addOption(
      new Option(
        '--threads <n>',
        'worker threads; changes the time, never the model (default: all cores; env: COPSE_THREADS)',
      ).argParser(integer(0, MAX_THREADS)),
    )
    .addOption(new Option('--experiment <name>', "experiment of the runs (default: the file's stem, or iris)"))
    .addOption(new Option('--model-name <name>', "registered model (default: the file's stem, or iris)"))
    .addOption(
      new Option(
        '--promote <when>',
        'move the alias champion: if-better = strictly lower log loss (RMSE) than the incumbent on the same held-out ' +
          'rows, or no incumbent; always; never (default: if-better)',
      ).choices(PROMOTE_POLICIES),
    )
    .addOption(
      new Option(
        '--onnx <when>',
        'write the model as ONNX too, for MLflow and Python: auto = up to 20 MB; always; never (default: auto)',
      ).choices(ONNX_POLICIES),
    )
    .addOption(
      new Option('--new-signature', 'accept a table whose columns or classes differ from the registered model').default(
        undefined,
      ),
    )
    .addOption(
      new Option('--unless-champion', 'train nothing when the model has a champion already').default(undefined),
    )
    .addOption(new Option('--home <directory>', `local store (default: ${DEFAULTS.home}; env: COPSE_HOME)`))
    .helpOption('--help', 'show this and exit')
    .addHelpText('after', EXAMPLES)
    .configureOutput({
      writeOut: streams.out,
      writeErr: streams.err,
      getOutHelpWidth: () => 80,
      getErrHelpWidth: () => 80,
      outputError: (text, write) => write(text),
    })
    .showHelpAfterError('Try --help.')
    .exitOverride()
}

const EXAMPLES = `
Environment:
  MLFLOW_TRACKING_URI    track and register on this MLflow server, e.g.
                         http://localhost:5000; unset: the local store
  MLFLOW_TRACKING_USERNAME, MLFLOW_TRACKING_PASSWORD, MLFLOW_TRACKING_TOKEN
                         and the other names that MLflow's Python client reads

Examples:
  pnpm train
  pnpm train --data churn.csv --target churned
  pnpm train --data churn.csv --target churned --ignore id --type zip=category
  pnpm train --data prices.csv --target price --task regression --trees 300
  MLFLOW_TRACKING_URI=http://localhost:5000 pnpm train --promote=never

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.`

function merge(flags: Flags, environment: Environment): PartialSettings {
  const { type, ...rest } = flags
  const { uri, home, ...server } = environmentOptions(environment)
  const threads = environment.COPSE_THREADS || undefined
  return {
    ...rest,
    types: columnTypes(type ?? []),
    threads:
      rest.threads ?? (threads === undefined ? undefined : fromVariable('COPSE_THREADS', threads, 0, MAX_THREADS)),
    home: rest.home ?? home,
    trackingUri: uri,
    server,
  }
}

function columnTypes(given: readonly string[]): Record<string, ColumnType> {
  return Object.fromEntries(
    given.map((text): [string, ColumnType] => {
      const cut = text.lastIndexOf('=')
      const type = COLUMN_TYPES.find((known) => known === text.slice(cut + 1))
      if (cut < 1 || type === undefined) throw refusal(`--type must be COLUMN=number or COLUMN=category, not "${text}"`)
      return [text.slice(0, cut), type]
    }),
  )
}

/** Parser of a flag's whole number in min..max, both inclusive. */
function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = wholeNumber(text, min, max)
    if (value === undefined) throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
    return value
  }
}

function fromVariable(name: string, text: string, min: number, max: number): number {
  const value = wholeNumber(text, min, max)
  if (value === undefined) throw refusal(`${name} must be a whole number from ${min} to ${max}, not "${text}"`)
  return value
}

function wholeNumber(text: string, min: number, max: number): number | undefined {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  return value >= min && value <= max ? value : undefined
}

function refusal(sentence: string): TrainerError {
  return new TrainerError('TRAINER_ERR_SETTING', `${sentence}.`)
}
