import { hash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { Forest } from '@copse/model'
import { parseReference, type Reference } from '@copse/monitoring'
import { ApiError } from '../errors.ts'
import { checkGolden, type Golden, parseGolden } from './golden.ts'
import { parseSums, SUMS } from './sums.ts'

/** A bundle that passed every check. */
export interface Bundle {
  readonly forest: Forest
  readonly golden: Golden
  /** What training looked like; undefined when the bundle has none. */
  readonly reference: Reference | undefined
  /** Markdown; undefined when the bundle has no card. */
  readonly card: string | undefined
  /** JSON text of `evaluation.json`; undefined when the bundle has none. */
  readonly evaluation: string | undefined
  /** Lower-case hex, of `forest.copse`: the model's sha256. */
  readonly sha256: string
  /** Lower-case hex, of `SHA256SUMS`. */
  readonly bundleSha256: string
  /** Milliseconds since 1970 at which `forest.copse` was last written. */
  readonly writtenAt: number
}

/** Most bytes that are read of each file; a larger one is refused before it is read. */
const LIMITS = {
  [SUMS]: 1 << 20,
  'forest.copse': 2 ** 31,
  'golden.json': 64 << 20,
  'reference.json': 64 << 20,
  'model-card.md': 4 << 20,
  'evaluation.json': 4 << 20,
} as const

type FileName = keyof typeof LIMITS

/**
 * Reads a bundle and checks it in this order: the sum of `SHA256SUMS` against `bundleSha256` (when given), the sums of
 * the files it reads, the forest, the golden rows. Each file is read once, and what was summed is what is used.
 * @throws ApiError API_ERR_BUNDLE, API_ERR_CHECKSUM or API_ERR_GOLDEN
 */
export async function readBundle(directory: string, bundleSha256?: string): Promise<Bundle> {
  const sumsFile = await read(directory, SUMS)
  const sumOfSums = hash('sha256', sumsFile.bytes)
  if (bundleSha256 !== undefined && sumOfSums !== bundleSha256) {
    throw new ApiError(
      'API_ERR_CHECKSUM',
      `${SUMS} of the bundle is not the file that the registry's tag copse.bundle_sha256 names.`,
    )
  }
  const sums = parseSums(sumsFile.bytes.toString())
  const forestFile = await readSummed(directory, 'forest.copse', sums)
  const golden = parseGolden((await readSummed(directory, 'golden.json', sums)).bytes.toString())
  const referenceFile = sums.has('reference.json') ? await readSummed(directory, 'reference.json', sums) : undefined
  const card = sums.has('model-card.md') ? await readSummed(directory, 'model-card.md', sums) : undefined
  const evaluation = sums.has('evaluation.json') ? await readSummed(directory, 'evaluation.json', sums) : undefined
  const forest = forestFrom(forestFile.bytes)
  checkGolden(forest, golden)
  return {
    forest,
    golden,
    reference: referenceFile && referenceFrom(referenceFile.bytes, forest, sums.get('forest.copse')!),
    card: card?.bytes.toString(),
    evaluation: evaluation && jsonText(evaluation.bytes.toString()),
    sha256: sums.get('forest.copse')!,
    bundleSha256: sumOfSums,
    writtenAt: forestFile.writtenAt,
  }
}

async function readSummed(directory: string, name: FileName, sums: ReadonlyMap<string, string>) {
  const sum = sums.get(name)
  if (sum === undefined) throw new ApiError('API_ERR_BUNDLE', `${SUMS} of the bundle does not list ${name}.`)
  const file = await read(directory, name)
  if (hash('sha256', file.bytes) !== sum) {
    throw new ApiError('API_ERR_CHECKSUM', `${name} of the bundle does not have the sum that ${SUMS} gives for it.`)
  }
  return file
}

async function read(directory: string, name: FileName): Promise<{ bytes: Buffer; writtenAt: number }> {
  try {
    const file = await open(join(directory, name))
    try {
      const { size, mtimeMs } = await file.stat()
      if (size > LIMITS[name]) {
        throw new ApiError(
          'API_ERR_BUNDLE',
          `${name} of the bundle has ${size} bytes where ${LIMITS[name]} are allowed.`,
        )
      }
      return { bytes: await file.readFile(), writtenAt: mtimeMs }
    } finally {
      await file.close()
    }
  } catch (cause) {
    if (cause instanceof ApiError) throw cause
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause)
    throw new ApiError('API_ERR_BUNDLE', `${name} of the bundle cannot be read (${reason}).`, { cause })
  }
}

function forestFrom(bytes: Uint8Array): Forest {
  try {
    return Forest.from(bytes)
  } catch (cause) {
    throw new ApiError(
      'API_ERR_BUNDLE',
      `forest.copse of the bundle is not a forest that this version reads: ${(cause as Error).message}`,
      {
        cause,
      },
    )
  }
}

/** The reference must be of this very forest. */
function referenceFrom(bytes: Uint8Array, forest: Forest, sha256: string): Reference {
  let reference: Reference
  try {
    reference = parseReference(JSON.parse(Buffer.from(bytes).toString()))
  } catch (cause) {
    throw new ApiError('API_ERR_BUNDLE', `reference.json of the bundle cannot be used: ${(cause as Error).message}`, {
      cause,
    })
  }
  const { features, target } = forest.signature
  const same =
    reference.modelSha256 === sha256 &&
    reference.target.type === target.type &&
    reference.features.length === features.length &&
    features.every(({ name, type }, f) => reference.features[f]!.name === name && reference.features[f]!.type === type)
  if (same) return reference
  throw new ApiError('API_ERR_BUNDLE', 'reference.json of the bundle is that of another forest.')
}

/** What is passed on as JSON must be JSON. */
function jsonText(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text))
  } catch (cause) {
    throw new ApiError('API_ERR_BUNDLE', 'evaluation.json of the bundle is not JSON.', { cause })
  }
}
