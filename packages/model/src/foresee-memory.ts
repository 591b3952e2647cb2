import { ModelError } from './errors.ts'
import type { ResolvedParameters } from './parameters.ts'
import { isSmall } from './row-weights.ts'
import type { Table } from './table.ts'

/** Bytes a row of a thread's workspace, measured; about 250 kB come to it whatever the rows, 1 MB for subsets where there are categories, .5 MB for tables of entropy. */
const WORKSPACE_BYTES = { numbers: 164, two: 120, many: 145 } as const
/** What comes to it where row weights are fractional or large. */
const WEIGHED_BYTES = 56

/** What comes to it for each leaf where these are limited: two nodes, and a place each in two heaps and in the list of subsets. */
const LEAF_BYTES = 220

/** Bytes a row, at most, of the plan's terms of entropy. */
const TERMS_BYTES = 16

/** Bytes a row that encoding takes, where the workspaces will be: a column, twice its keys, codes of eight columns. */
const ENCODING_BYTES = 36

/**
 * Bytes that training takes beside the table itself, before the first tree: codes or values, target and weights (for the plan and
 * for the kernels), encoding and then a workspace a thread, and out-of-bag sums. The trees come to it; how large they get is
 * not known before.
 *
 * @param threads at least 1.
 */
export function foreseeBytes(
  { rows, signature, weights }: Pick<Table, 'rows' | 'signature' | 'weights'>,
  parameters: Pick<ResolvedParameters, 'criterion' | 'splitter' | 'oobScore' | 'maxLeafNodes'>,
  threads: number,
): number {
  const columns = signature.features.length + (signature.features.length % 2)
  const { target } = signature
  const classes = target.type === 'class' ? target.classes.length : 0
  const cell = parameters.splitter === 'random' ? 4 : 2
  const workspace = WORKSPACE_BYTES[classes === 0 ? 'numbers' : classes === 2 ? 'two' : 'many']
  const weighed = isSmall(weights) ? 0 : WEIGHED_BYTES
  const row =
    cell * columns +
    (classes === 0 ? 32 : 4) +
    (weights === undefined ? 0 : 9) +
    (parameters.criterion === 'entropy' ? TERMS_BYTES : 0) +
    (parameters.oobScore ? 8 * Math.max(1, classes) + 8 : 0)
  const leaves = Math.min(parameters.maxLeafNodes ?? 0, rows)
  const growing = threads * ((workspace + weighed) * rows + LEAF_BYTES * leaves)
  return rows * row + Math.max(ENCODING_BYTES * rows, growing)
}

/**
 * Refuses what cannot fit before anything is allocated. Where the platform does not say what is free, nothing is refused
 * here.
 *
 * @throws ModelError MODEL_ERR_MEMORY
 */
export function expectRoom(bytes: number, available = availableBytes()): void {
  if (bytes > available) throw noRoom(bytes, `but ${available} are available`)
}

/** Runs what allocates; its failure is MODEL_ERR_MEMORY too. */
export function withRoom<T>(bytes: number, allocate: () => T): T {
  try {
    return allocate()
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw noRoom(bytes, 'but the platform has not as many', cause)
  }
}

function noRoom(bytes: number, but: string, cause?: unknown): ModelError {
  const message = `Training on this table needs ${bytes} bytes of memory beside it and the trees, ${but}.`
  return new ModelError('MODEL_ERR_MEMORY', message, { cause })
}

/** What the system, or the container's limit, leaves to this process. */
function availableBytes(): number {
  const { process } = globalThis as { process?: { availableMemory?(): number } }
  return process?.availableMemory?.() || Number.POSITIVE_INFINITY
}
