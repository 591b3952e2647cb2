import { checkDescription, type Description } from './check-description.ts'
import { checkJsonSize } from './check-json.ts'
import { checkTrees } from './check-trees.ts'
import { ModelError } from './errors.ts'
import type { Sections } from './format.ts'
import { type FileParts, readFile } from './format-read.ts'
import { writeFile } from './format-write.ts'
import { packTrees } from './pack-trees.ts'
import type { Trees } from './trees.ts'
import { type Counts, countNodes } from './unpack-trees.ts'

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

/** Reads a file that `writeForest` has just written, which checked what stands in it. */
export function rereadForest(bytes: Uint8Array<ArrayBuffer>): ForestFile {
  return describe(readFile(bytes, false))
}

/** Checks a description and trees, then writes them. The bytes depend on nothing but what they say. */
export function writeForest(description: Description, trees: Trees): Uint8Array<ArrayBuffer> {
  const checked = checkDescription(description)
  checkTrees(trees, checked.signature)
  const { ties, ...rest } = checked
  const json = new TextEncoder().encode(JSON.stringify(ties === 'first-class' ? rest : checked))
  return writeFile({ json, ...packTrees(trees, checked.signature) })
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
