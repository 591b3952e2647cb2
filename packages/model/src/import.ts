import {
  checkArray,
  checkFinite,
  checkInteger,
  checkObject,
  checkOneOf,
  type JsonObject,
  type Place,
  property,
  refuse,
  within,
} from './check-value.ts'
import { ModelError } from './errors.ts'
import { Forest } from './forest.ts'
import { splitThreshold } from './import-threshold.ts'
import { type ResolvedParameters, resolveParameters } from './parameters.ts'
import { checkSignature } from './signature.ts'
import type { Signature } from './table.ts'
import { LEAF, type Trees } from './trees.ts'

const MAX_TREES = 1_000_000
const MAX_DEPTH = 10_000
const MAX_NODES = 1 << 24

export interface ImportOptions {
  /** What the forest takes and answers, which its JSON does not say: number features only, in the order of training. */
  readonly signature: Signature
}

/**
 * Reads a forest of ml-random-forest 2.1.0, as `JSON.parse(JSON.stringify(forest.toJSON()))` gives it, from an untrusted
 * source. It gives the same answers:
 *
 * - A classifier's trees vote, each for the first maximum of its leaf. A tie goes to the class whose votes were
 *   complete at the earliest tree, as in ml-array-mode: aggregation 'vote', ties 'first-reached'. The labels of training,
 *   integers from 0, are the indices of the signature's classes.
 * - A regression is the mean over its trees, in their order, to the last bit. A median cannot be imported.
 * - A value goes left when it is below the split, and a missing value (NaN) goes right.
 *
 * Here a row is cast to float32, there it is not. A label can differ only for a value that equals a split once both are
 * cast; decimals of up to 6 digits never do, nor float32 values unless a split's neighbours differ some 2000-fold.
 *
 * @throws ModelError MODEL_ERR_IMPORT naming the tree and what is wrong in it.
 */
export function importMlRandomForest(json: unknown, options: ImportOptions): Forest {
  const at: Place = { code: 'MODEL_ERR_IMPORT', path: 'The forest' }
  const signature = checkImportSignature(options.signature)
  const classes = signature.target.type === 'class' ? signature.target.classes.length : 0
  const model = checkObject(json, at)
  checkKind(model, classes > 0, at)
  const base = checkObject(property(model, 'baseModel'), within(at, 'baseModel'))
  const estimators = checkArray(property(base, 'estimators'), within(at, 'estimators'), 1, MAX_TREES)
  const indexes = checkArray(property(base, 'indexes'), within(at, 'indexes'), estimators.length, estimators.length)

  const growth: Growth = { treeStart: [0], feature: [], threshold: [], right: [], leaf: [] }
  estimators.forEach((estimator, tree) => {
    const treeAt: Place = { code: at.code, path: `Tree ${tree}` }
    const drawn = checkIndexes(indexes[tree], signature.features.length, within(treeAt, 'indexes'))
    appendTree(growth, property(checkObject(estimator, treeAt), 'root'), drawn, classes, treeAt)
  })
  const rows = property(rootOf(estimators[0]), 'numberSamples')
  return Forest.fromTrees({
    signature,
    parameters: importParameters(base, estimators, signature),
    summary: {
      rows: integerOr(rows, 0, 0),
      importances: signature.features.map(() => 0),
      warnings: ['Imported from ml-random-forest, which draws the features once a tree; importances are not known.'],
      quantized: [],
    },
    aggregation: classes > 0 ? 'vote' : 'mean',
    ties: classes > 0 ? 'first-reached' : 'first-class',
    trees: finishTrees(growth, classes > 0),
  })
}

/** Trees under construction; `leaf` holds the class or the value of each leaf. */
interface Growth {
  readonly treeStart: number[]
  readonly feature: number[]
  readonly threshold: number[]
  readonly right: number[]
  readonly leaf: number[]
}

function checkImportSignature(value: unknown): Signature {
  const signature = checkSignature(value, { code: 'MODEL_ERR_IMPORT', path: 'The signature' })
  const category = signature.features.findIndex((feature) => feature.type === 'category')
  if (category < 0) return signature
  throw new ModelError(
    'MODEL_ERR_IMPORT',
    `The signature's feature ${category} is a category, but ml-random-forest knows numbers only.`,
  )
}

function checkKind(model: JsonObject, classes: boolean, at: Place): void {
  const name = checkOneOf(property(model, 'name'), within(at, 'name'), ['RFClassifier', 'RFRegression'])
  const fitting = classes ? 'RFClassifier' : 'RFRegression'
  if (name !== fitting) throw refuse(within(at, 'name'), `'${fitting}' for the signature's target`, name)
  if (!classes) checkOneOf(property(model, 'selectionMethod'), within(at, 'selectionMethod'), ['mean'])
}

function checkIndexes(value: unknown, features: number, at: Place): readonly number[] {
  return checkArray(value, at, 1, LEAF).map((index, i) => checkInteger(index, within(at, i), 0, features - 1))
}

/** Appends one tree in pre-order, with a stack of its own: the nesting of the JSON never becomes nested calls. */
function appendTree(growth: Growth, rootValue: unknown, drawn: readonly number[], classes: number, at: Place): void {
  const { feature, threshold, right, leaf } = growth
  const root = feature.length
  const nodesAt = within(at, 'nodes')
  const pending: { readonly value: unknown; readonly parent: number; readonly depth: number }[] = []
  pending.push({ value: rootValue, parent: -1, depth: 0 })
  while (pending.length > 0) {
    const { value, parent, depth } = pending.pop()!
    const node = feature.length
    const nodeAt = within(nodesAt, node - root)
    if (node >= MAX_NODES) throw new ModelError(at.code, `The forest has more nodes than expected, ${MAX_NODES}.`)
    if (depth > MAX_DEPTH) throw new ModelError(at.code, `${at.path} is deeper than expected, ${MAX_DEPTH}.`)
    if (parent >= 0) right[parent] = node - parent
    const object = checkObject(value, nodeAt)
    const distribution = property(object, 'distribution')
    if (distribution !== undefined) {
      feature.push(LEAF)
      threshold.push(0)
      right.push(leaf.length)
      leaf.push(leafAnswer(distribution, classes, within(nodeAt, 'distribution')))
      continue
    }
    const column = property(object, 'splitColumn')
    feature.push(drawn[checkInteger(column, within(nodeAt, 'splitColumn'), 0, drawn.length - 1)])
    threshold.push(checkSplit(property(object, 'splitValue'), within(nodeAt, 'splitValue')))
    right.push(0)
    pending.push({ value: property(object, 'right'), parent: node, depth: depth + 1 })
    pending.push({ value: property(object, 'left'), parent: -1, depth: depth + 1 })
  }
  growth.treeStart.push(feature.length)
}

function checkSplit(value: unknown, at: Place): number {
  const threshold = splitThreshold(checkFinite(value, at))
  if (threshold !== undefined) return threshold
  throw refuse(at, 'a value in the range of float32', value)
}

/** Class of the first maximum in a 1 x n matrix of shares, or a value. */
function leafAnswer(distribution: unknown, classes: number, at: Place): number {
  if (classes === 0) return checkFinite(distribution, at)
  const shares = checkArray(checkArray(distribution, at, 1, 1)[0], within(at, 0), 1, classes)
  let best = 0
  for (let k = 0; k < shares.length; k++) {
    if (checkFinite(shares[k], within(at, k)) > (shares[best] as number)) best = k
  }
  return best
}

function finishTrees(growth: Growth, classes: boolean): Trees {
  const leaves = growth.leaf.length
  return {
    treeStart: Uint32Array.from(growth.treeStart),
    feature: Uint16Array.from(growth.feature),
    threshold: Float32Array.from(growth.threshold),
    right: Uint32Array.from(growth.right),
    flags: new Uint8Array(growth.feature.length),
    subsetNode: new Uint32Array(0),
    subsetStart: new Uint32Array(1),
    subsets: new Uint32Array(0),
    leafStart: classes ? Uint32Array.from({ length: leaves + 1 }, (_, leaf) => leaf) : new Uint32Array(0),
    leafClass: classes ? Uint16Array.from(growth.leaf) : new Uint16Array(0),
    leafShare: classes ? new Float64Array(leaves).fill(1) : Float64Array.from(growth.leaf),
  }
}

/** The parameters that have a counterpart; the others keep their defaults. */
function importParameters(base: JsonObject, estimators: readonly unknown[], signature: Signature): ResolvedParameters {
  const options = property(estimators[0] as JsonObject, 'options')
  const tree = typeof options === 'object' && options !== null ? (options as JsonObject) : {}
  return resolveParameters(
    {
      nEstimators: estimators.length,
      maxDepth: integerOr(property(tree, 'maxDepth'), 1, null),
      minSamplesSplit: integerOr(property(tree, 'minNumSamples'), 1, 1) + 1,
      maxFeatures: integerOr(property(base, 'n'), 1, 'all'),
      bootstrap: property(base, 'useSampleBagging') !== false,
      seed: integerOr(property(base, 'seed'), 0, 0),
    },
    signature.target,
  )
}

function rootOf(estimator: unknown): JsonObject {
  return property(estimator as JsonObject, 'root') as JsonObject
}

function integerOr<T>(value: unknown, least: number, otherwise: T): number | T {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least ? value : otherwise
}
