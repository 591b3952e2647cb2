import { availableParallelism } from 'node:os'
import { parse } from 'node:path'
import type { ServerOptions } from '@copse/tracking'
import { TrainerError } from './errors.ts'
import type { OnnxPolicy } from './onnx.ts'

export type Task = 'classification' | 'regression'
export type PromotePolicy = 'if-better' | 'always' | 'never'
export type ColumnType = 'number' | 'category'

export const TASKS: readonly Task[] = ['classification', 'regression']
export const PROMOTE_POLICIES: readonly PromotePolicy[] = ['if-better', 'always', 'never']
export const COLUMN_TYPES: readonly ColumnType[] = ['number', 'category']

/** What an experiment needs to know; made once by `checkSettings`, then only read. */
export interface Settings {
  /** CSV file; undefined = Iris, and then `target`, `task`, `ignore` and `types` are empty too. */
  readonly data: string | undefined
  readonly target: string | undefined
  readonly task: Task | undefined
  readonly ignore: readonly string[]
  readonly types: Readonly<Record<string, ColumnType>>
  readonly experiment: string
  readonly modelName: string
  /** Drives folds and forests, never which rows are held out: an integer in 0..MAX_SEED. */
  readonly seed: number
  /** Trees a forest: 1..MAX_TREES. */
  readonly trees: number
  /** 0..MAX_THREADS; 0 and 1 train on the main thread. */
  readonly threads: number
  readonly promote: PromotePolicy
  /** Whether the bundle gets `model.onnx`; `auto` = up to ONNX_LIMIT bytes. */
  readonly onnx: OnnxPolicy
  /** Accept a table whose signature differs from the registered model's. */
  readonly newSignature: boolean
  /** Train nothing when the model has a champion already. */
  readonly unlessChampion: boolean
  /** Directory of the local store. */
  readonly home: string
  /** MLflow server; undefined = the local store under `home`. */
  readonly trackingUri: string | undefined
  /** How that server is spoken to: credentials, TLS, time limits. */
  readonly server: ServerOptions
}

export const MAX_SEED = 4_294_967_295
export const MAX_TREES = 10_000
export const MAX_THREADS = 256

export const DEFAULTS = {
  seed: 42,
  trees: 100,
  promote: 'if-better',
  onnx: 'auto',
  home: '.copse',
} as const

export type PartialSettings = { readonly [K in keyof Settings]?: Settings[K] | undefined }

/**
 * Fills in the defaults and checks what was given.
 * @throws TrainerError TRAINER_ERR_SETTING
 */
export function checkSettings(given: PartialSettings = {}): Settings {
  const stem = given.data === undefined ? 'iris' : parse(given.data).name
  const settings: Settings = {
    data: given.data,
    target: given.target,
    task: given.task,
    ignore: given.ignore ?? [],
    types: given.types ?? {},
    experiment: given.experiment ?? stem,
    modelName: given.modelName ?? registrable(stem),
    seed: given.seed ?? DEFAULTS.seed,
    trees: given.trees ?? DEFAULTS.trees,
    threads: given.threads ?? availableParallelism(),
    promote: given.promote ?? DEFAULTS.promote,
    onnx: given.onnx ?? DEFAULTS.onnx,
    newSignature: given.newSignature ?? false,
    unlessChampion: given.unlessChampion ?? false,
    home: given.home ?? DEFAULTS.home,
    trackingUri: given.trackingUri,
    server: given.server ?? {},
  }
  checkTable(settings)
  checkName('--experiment', settings.experiment)
  checkModelName(settings.modelName)
  if (settings.home === '') refuse('--home must name a directory')
  return settings
}

/** Threads to hand to the library: 0 means that the calling thread grows the trees. */
export function workersOf(settings: Settings): number {
  return settings.threads <= 1 ? 0 : settings.threads
}

function checkTable(settings: Settings): void {
  if (settings.data !== undefined) {
    if (settings.data === '') refuse('--data must name a CSV file')
    if (settings.target === undefined) refuse('--data needs --target COLUMN, the column to predict')
    return
  }
  const { target, task, ignore, types } = settings
  if (target !== undefined || task !== undefined || ignore.length > 0 || Object.keys(types).length > 0) {
    refuse('--target, --task, --ignore and --type describe a table of yours and need --data FILE.csv')
  }
}

function checkName(flag: string, name: string): void {
  if (name.trim() === '' || name.length > 250) refuse(`${flag} must be a name of 1 to 250 characters`)
}

/** MLflow refuses `/` and `:` in a registered model's name; `@` would be read as an alias in `models:/NAME@ALIAS`. */
function checkModelName(name: string): void {
  checkName('--model-name', name)
  if (/[/:@\s\p{Cc}]/u.test(name)) refuse('--model-name must not contain "/", ":", "@" or white space')
}

/** A file's stem as a registered model's name. */
function registrable(stem: string): string {
  return stem.replace(/[/:@\s\p{Cc}]+/gu, '-') || 'model'
}

function refuse(sentence: string): never {
  throw new TrainerError('TRAINER_ERR_SETTING', `${sentence}.`)
}
