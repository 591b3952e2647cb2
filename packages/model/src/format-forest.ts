import { checkDescription, type Description } from './check-description.ts'
import { checkTrees } from './check-trees.ts'
import { ModelError } from './errors.ts'
import { MAX_JSON_BYTES, type SectionName, type Sections } from './format.ts'
import { readFile } from './format-read.ts'
import { writeFile } from './format-write.ts'
import type { Trees } from './trees.ts'

/** A forest's file and what stands in it. */
export interface ForestFile {
  readonly data: Uint8Array
  readonly description: Description
  readonly trees: Trees
}

/** Reads a file and checks all of it; the trees lie straight over its bytes, but for arrays that the file leaves out. */
export function readForest(bytes: ArrayBufferLike | ArrayBufferView): ForestFile {
  const { data, sections } = readFile(bytes)
  const description = readDescription(take(sections, 'json'))
  const trees = readTrees(sections, description)
  checkTrees(trees, description.signature)
  return { data, description, trees }
}

/** Checks a description and trees, then writes them. Arrays that say nothing are left out, by content alone. */
export function writeForest(description: Description, trees: Trees): Uint8Array<ArrayBuffer> {
  const checked = checkDescription(description)
  checkTrees(trees, checked.signature)
  const { ties, ...rest } = checked
  const json = new TextEncoder().encode(JSON.stringify(ties === 'first-class' ? rest : checked))
  if (json.length > MAX_JSON_BYTES) throw tooLong(json.length)
  const subsets = trees.subsetNode.length > 0
  const pure = leavesArePure(trees)
  const classes = checked.signature.target.type === 'class'
  return writeFile({
    json,
    treeStart: trees.treeStart,
    feature: trees.feature,
    threshold: trees.threshold,
    right: trees.right,
    ...(trees.flags.some((flags) => flags !== 0) ? { flags: trees.flags } : {}),
    ...(subsets ? { subsetNode: trees.subsetNode, subsetStart: trees.subsetStart, subsets: trees.subsets } : {}),
    ...(classes ? { leafClass: trees.leafClass } : {}),
    ...(classes && !pure ? { leafStart: trees.leafStart } : {}),
    ...(classes && pure ? {} : { leafShare: trees.leafShare }),
    ...(trees.leafRows ? { leafRows: trees.leafRows } : {}),
  })
}

function readDescription(json: Uint8Array): Description {
  if (json.length > MAX_JSON_BYTES) throw tooLong(json.length)
  let value: unknown
  try {
    // A copy, because decoders need not take shared memory.
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(new Uint8Array(json)))
  } catch (error) {
    throw new ModelError('MODEL_ERR_FILE_STRUCTURE', "The forest's description is not JSON in UTF-8.", { cause: error })
  }
  return checkDescription(value)
}

/** An absent array stands for the one that says nothing: no flags, no subsets, leaves of one class with share 1. */
function readTrees(sections: Sections, description: Description): Trees {
  const { target } = description.signature
  const feature = take(sections, 'feature')
  const treeStart = take(sections, 'treeStart')
  const threshold = take(sections, 'threshold')
  const right = take(sections, 'right')
  const flags = sections.flags ?? new Uint8Array(feature.length)
  const subsetNode = sections.subsetNode ?? new Uint32Array(0)
  const subsetStart = sections.subsetStart ?? new Uint32Array(1)
  const subsets = sections.subsets ?? new Uint32Array(0)
  const { leafRows } = sections
  const splits = { treeStart, feature, threshold, right, flags, subsetNode, subsetStart, subsets, leafRows }
  if (target.type === 'number') {
    refuseSections(sections, ['leafStart', 'leafClass'], 'a forest of numbers')
    const leafShare = take(sections, 'leafShare')
    return { ...splits, leafStart: new Uint32Array(0), leafClass: new Uint16Array(0), leafShare }
  }
  const leafClass = take(sections, 'leafClass')
  if (sections.leafStart) {
    return { ...splits, leafStart: sections.leafStart, leafClass, leafShare: take(sections, 'leafShare') }
  }
  refuseSections(sections, ['leafShare'], 'a forest of classes without leafStart')
  const leafStart = new Uint32Array(leafClass.length + 1)
  for (let leaf = 0; leaf <= leafClass.length; leaf++) leafStart[leaf] = leaf
  return { ...splits, leafStart, leafClass, leafShare: new Float64Array(leafClass.length).fill(1) }
}

function leavesArePure(trees: Trees): boolean {
  return trees.leafClass.length === trees.leafStart.length - 1 && trees.leafShare.every((share) => share === 1)
}

function take<N extends SectionName>(sections: Sections, name: N): NonNullable<Sections[N]> {
  const section = sections[name]
  if (section !== undefined) return section
  throw new ModelError('MODEL_ERR_FILE_STRUCTURE', `The forest file has no section ${name}, expected one.`)
}

function refuseSections(sections: Sections, names: readonly SectionName[], where: string): void {
  const found = names.find((name) => sections[name] !== undefined)
  if (found === undefined) return
  throw new ModelError('MODEL_ERR_FILE_STRUCTURE', `The forest file has section ${found}, expected none in ${where}.`)
}

function tooLong(found: number): ModelError {
  return new ModelError(
    'MODEL_ERR_FILE_STRUCTURE',
    `The forest's description has ${found} bytes, expected at most ${MAX_JSON_BYTES}.`,
  )
}
