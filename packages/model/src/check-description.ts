import {
  checkArray,
  checkFinite,
  checkInteger,
  checkObject,
  checkOneOf,
  checkText,
  type JsonObject,
  type Place,
  property,
  refuse,
  within,
} from './check-value.ts'
import { ModelError } from './errors.ts'
import { type ResolvedParameters, resolveParameters } from './parameters.ts'
import { checkSignature } from './signature.ts'
import type { TrainingSummary } from './summary.ts'
import type { Signature, Target } from './table.ts'

/** How the answers of the trees become one: the mean of the leaves, or one vote a tree for its leaf's first-maximum class. */
export type Aggregation = 'mean' | 'vote'

/**
 * Which class wins when several have the highest share: 'first-class' is the lowest class index; 'first-reached' is
 * the class that reached its votes at the earliest tree (votes only).
 */
export type Ties = 'first-class' | 'first-reached'

/** All of a forest but its trees: the JSON section. */
export interface Description {
  readonly signature: Signature
  readonly parameters: ResolvedParameters
  readonly summary: TrainingSummary
  readonly aggregation: Aggregation
  readonly ties: Ties
}

/**
 * Checks the JSON of a forest; answers a copy with its keys in a fixed order, so that equal forests give equal bytes.
 * Keys that are not known are left out.
 */
export function checkDescription(value: unknown): Description {
  const at: Place = { code: 'MODEL_ERR_FILE_STRUCTURE', path: "The forest's description" }
  const object = checkObject(value, at)
  const signature = checkSignature(property(object, 'signature'), within(at, 'signature'))
  const { target } = signature
  const parameters = checkParameters(property(object, 'parameters'), target, within(at, 'parameters'))
  const summary = checkSummary(property(object, 'summary'), signature, within(at, 'summary'))
  const aggregation = checkAggregation(property(object, 'aggregation'), target, within(at, 'aggregation'))
  const ties = checkTies(property(object, 'ties'), aggregation, within(at, 'ties'))
  return { signature, parameters, summary, aggregation, ties }
}

function checkParameters(value: unknown, target: Target, at: Place): ResolvedParameters {
  const object = checkObject(value, at)
  const known: { [name: string]: unknown } = {}
  for (const name of Object.keys(resolveParameters({}, target))) {
    const parameter = property(object, name)
    if (parameter === undefined) throw refuse(within(at, name), 'a value or null', parameter)
    known[name] = parameter
  }
  try {
    return resolveParameters(known, target)
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'a parameter is wrong'
    throw new ModelError(at.code, `${at.path} does not hold: ${reason}`, { cause: error })
  }
}

function checkSummary(value: unknown, signature: Signature, at: Place): TrainingSummary {
  const object = checkObject(value, at)
  const score = property(object, 'score')
  const errors = property(object, 'oobErrorByTrees')
  return {
    rows: checkInteger(property(object, 'rows'), within(at, 'rows'), 0, Number.MAX_SAFE_INTEGER),
    ...(score === undefined ? {} : { score: checkFinite(score, within(at, 'score')) }),
    ...(errors === undefined ? {} : { oobErrorByTrees: checkNumbers(errors, within(at, 'oobErrorByTrees'), 0, 1e6) }),
    importances: checkImportances(object, signature.features.length, within(at, 'importances')),
    warnings: checkTexts(property(object, 'warnings'), within(at, 'warnings')),
    quantized: checkTexts(property(object, 'quantized'), within(at, 'quantized')),
  }
}

function checkImportances(summary: JsonObject, features: number, at: Place): number[] {
  const importances = checkNumbers(property(summary, 'importances'), at, features, features)
  const wrong = importances.findIndex((share) => share < 0 || share > 1)
  if (wrong >= 0) throw refuse(within(at, wrong), 'a share from 0 to 1', importances[wrong])
  const sum = importances.reduce((total, share) => total + share, 0)
  if (sum === 0 || Math.abs(sum - 1) <= 1e-6) return importances
  throw new ModelError(at.code, `${at.path} sums to ${sum}, expected 1, or all 0.`)
}

function checkAggregation(value: unknown, target: Target, at: Place): Aggregation {
  const aggregation = checkOneOf(value, at, ['mean', 'vote'])
  if (aggregation === 'vote' && target.type !== 'class') throw refuse(at, "'mean' for a target of numbers", value)
  return aggregation
}

function checkTies(value: unknown, aggregation: Aggregation, at: Place): Ties {
  if (value === undefined) return 'first-class'
  const ties = checkOneOf(value, at, ['first-class', 'first-reached'])
  if (ties === 'first-reached' && aggregation !== 'vote') throw refuse(at, "'first-class' unless trees vote", value)
  return ties
}

function checkNumbers(value: unknown, at: Place, least: number, most: number): number[] {
  return checkArray(value, at, least, most).map((number, i) => checkFinite(number, within(at, i)))
}

function checkTexts(value: unknown, at: Place): string[] {
  return checkArray(value, at, 0, 1e6).map((text, i) => checkText(text, within(at, i)))
}
