import type { TrackingOptions } from '@copse/tracking'
import { environmentOptions } from '@copse/tracking'
import { Command, Option } from 'commander'
import type { Environment, Streams } from '../command-line.ts'

export interface ReplaySettings {
  /** Directory of the prediction log's segments. */
  readonly log: string
  /** Reference of the model that answers again. */
  readonly model: string
  /** File of the page. */
  readonly html: string
  /** File to which the log's predictions go as Parquet. */
  readonly parquet?: string | undefined
  readonly tracking: TrackingOptions
}

/**
 * Settings from the arguments (without node and the script) and the environment.
 * @throws CommanderError after it has printed help (exitCode 0) or told a usage error (exitCode 1)
 */
export function readReplaySettings(
  args: readonly string[],
  environment: Environment,
  streams: Streams,
): ReplaySettings {
  const program = new Command('pnpm replay')
    .description(
      'Let a model version answer what a prediction log holds: how often it agrees with what was answered, which ' +
        'decisions change, and how the logged rows differ from what it was trained on.',
    )
    .addOption(new Option('--log <directory>', 'segments of a prediction log').makeOptionMandatory())
    .addOption(
      new Option('--model <reference>', 'models:/NAME/VERSION, models:/NAME@ALIAS or file:DIR').makeOptionMandatory(),
    )
    .addOption(new Option('--html <file>', 'where to write the page').default('replay.html'))
    .addOption(new Option('--parquet <file>', 'write the predictions of the log as Parquet too'))
    .addOption(new Option('--home <directory>', 'local store (default: .copse; env: COPSE_HOME)'))
    .configureOutput({ writeOut: streams.out, writeErr: streams.err })
    .allowExcessArguments(false)
    .exitOverride()
  program.parse(args[0] === '--' ? args.slice(1) : args, { from: 'user' })
  const { home, ...rest } = program.opts<{
    log: string
    model: string
    html: string
    parquet?: string
    home?: string
  }>()
  try {
    const { uri, home: fromEnvironment, ...server } = environmentOptions(environment)
    return { ...rest, tracking: { ...server, uri, home: home ?? fromEnvironment, readOnly: true } }
  } catch (error) {
    return program.error(`error: ${(error as Error).message}`)
  }
}
