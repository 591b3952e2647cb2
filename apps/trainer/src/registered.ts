import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Forest, type Signature } from '@copse/model'
import { type ModelVersion, openTracking, resolveModel, type Tracking } from '@copse/tracking'
import { decidingMetric, type Incumbent } from './champion.ts'
import { TrainerError } from './errors.ts'
import { answers, measure } from './measure.ts'
import type { Output } from './output.ts'
import type { Parts } from './parts.ts'
import type { Settings, Task } from './settings.ts'
import { recodeColumns, signatureDifference } from './signature.ts'
import { trackingOptions } from './tracking-options.ts'

/** The alias that a service follows. */
export const CHAMPION = 'champion'

/** The version that the alias champion names now. A registry that cannot be read is an error, not an absent champion. */
export async function findChampion(settings: Settings, output: Output): Promise<ModelVersion | undefined> {
  await using tracking = await openTracking({ ...(await trackingOptions(settings, output)), readOnly: true })
  return await tracking.registry.get(settings.modelName, { alias: CHAMPION })
}

/** What the registry holds under the model's name before the experiment. */
export interface Registered {
  /** The champion, or with no champion the newest version. */
  readonly version: ModelVersion
  readonly champion: boolean
  /** Undefined when its bundle could not be read and that was allowed. */
  readonly forest: Forest | undefined
}

/**
 * Finds the champion, else the newest version, and reads its forest.
 * @throws TrainerError TRAINER_ERR_INCUMBENT when its bundle cannot be read, unless `unreadable` allows it
 */
export async function findRegistered(
  tracking: Tracking,
  name: string,
  options: { readonly unreadable: boolean },
): Promise<Registered | undefined> {
  const champion = await tracking.registry.get(name, { alias: CHAMPION })
  const version = champion ?? (await tracking.registry.versions(name)).at(-1)
  if (version === undefined) return undefined
  return { version, champion: champion !== undefined, forest: await readForest(tracking, version, options.unreadable) }
}

async function readForest(tracking: Tracking, version: ModelVersion, unreadable: boolean): Promise<Forest | undefined> {
  const { name, version: number } = version
  try {
    const cache = join(tracking.home, 'cache', 'models')
    const { directory } = await resolveModel(tracking, `models:/${name}/${number}`, { cache })
    return Forest.from(await readFile(join(directory, 'forest.copse')))
  } catch (cause) {
    if (unreadable) return undefined
    throw new TrainerError(
      'TRAINER_ERR_INCUMBENT',
      `Version ${number} of ${name} cannot be read to compare with (${reasonOf(cause)}); name another --model-name, ` +
        'or replace it with --new-signature.',
      { cause },
    )
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\.$/, '') : String(error)
}

/**
 * @throws TrainerError TRAINER_ERR_SIGNATURE when requests made for the registered model would not fit the table's
 */
export function refuseOtherSignature(registered: Registered | undefined, table: Signature): void {
  if (registered?.forest === undefined) return
  const difference = signatureDifference(registered.forest.signature, table)
  if (difference === undefined) return
  const { name, version } = registered.version
  throw new TrainerError(
    'TRAINER_ERR_SIGNATURE',
    `The table does not fit the registered model ${name}, version ${version}: ${difference}; accept it with ` +
      '--new-signature, or name another --model-name.',
  )
}

/**
 * The champion as it does on this experiment's held-out rows, none of which it has trained on; undefined when there is
 * no champion.
 */
export function scoreIncumbent(registered: Registered | undefined, parts: Parts, task: Task): Incumbent | undefined {
  if (registered === undefined || !registered.champion) return undefined
  const { version, forest } = registered
  const { signature } = parts.whole
  if (forest === undefined || signatureDifference(forest.signature, signature) !== undefined) {
    return { version: version.version, score: undefined }
  }
  const columns = recodeColumns(parts.test.columns, signature, forest.signature)
  const score = measure(parts.test, answers(forest, columns))[decidingMetric(task)]
  return { version: version.version, score }
}
