import { atOnce } from './at-once.ts'
import { checkDescription, type Description } from './check-description.ts'
import { checkJsonSize } from './check-json.ts'
import { checkTrees } from './check-trees.ts'
import { type Counts, countNodes } from './count-nodes.ts'
import { ModelError } from './errors.ts'
import type { Sections } from './format.ts'
import { type FileParts, readFile } from './format-read.ts'
import { type SectionPlans, writeFile } from './format-write.ts'
import type { NodeRun } from './grown-tree.ts'
import { packRuns, packTrees } from './pack-trees.ts'
import type { Trees } from './trees.ts'

/** A forest's file and what stands in it; its nodes and leaves are still to be checked. */
export interface ForestFile {
  readonly data: Uint8Array
  readonly sections: Sections
  readonly counts: Counts
  readonly description: Description
}

/** Reads a file and checks all of it but its nodes and leaves, which `unpackTrees` and `KernelWalk.read` check. */
export function readForest(bytes: ArrayBufferLike | ArrayBufferView): ForestFile {
  return describe(readFile(bytes))
}

/** Reads a file just written here, of trees that were checked or grown. */
export function rereadForest(bytes: Uint8Array<ArrayBuffer>): ForestFile {
  return describe(readFile(bytes, false))
}

/** Checks a description and trees, then writes them. The bytes depend on nothing but what they say. */
export function writeForest(description: Description, trees: Trees): Uint8Array<ArrayBuffer> {
  const checked = checkDescription(description)
  checkTrees(trees, checked.signature)
  return atOnce(write(checked, packTrees(trees, checked.signature)))
}

/** Writes trees that were just grown, which are not checked again. Pauses as `packRuns` and `writeFile` do. */
export function writeGrown(
  description: Description,
  grown: readonly NodeRun[],
): Generator<void, Uint8Array<ArrayBuffer>> {
  const checked = checkDescription(description)
  const treeStart = new Uint32Array(grown.length + 1)
  grown.forEach(({ feature }, tree) => {
    treeStart[tree + 1] = treeStart[tree] + 2 * feature.length + 1
  })
  return write(checked, packRuns(grown, treeStart, checked.signature))
}

function* write(
  description: Description,
  trees: Generator<void, SectionPlans>,
): Generator<void, Uint8Array<ArrayBuffer>> {
  const { ties, ...rest } = description
  const json = new TextEncoder().encode(JSON.stringify(ties === 'first-class' ? rest : description))
  return yield* writeFile({ json, ...(yield* trees) })
}

function describe({ data, sections }: FileParts): ForestFile {
  if (sections.json === undefined) {
    throw new ModelError('MODEL_ERR_FILE_STRUCTURE', 'The forest file has no section json, expected one.')
  }
  const description = readDescription(sections.json)
  return { data, sections, counts: countNodes(sections, description.signature), description }
}

function readDescription(json: Uint8Array): Description {
  checkJsonSize(json)
  let value: unknown
  try {
    // A copy, because decoders need not take shared memory.
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(new Uint8Array(json)))
  } catch (error) {
    throw new ModelError('MODEL_ERR_FILE_STRUCTURE', "The forest's description is not JSON in UTF-8.", { cause: error })
  }
  return checkDescription(value)
}
