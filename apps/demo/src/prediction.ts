import type { Target } from '@copse/dataset'
import { isObject, member, numberAt } from './json.ts'

/** An answer of `POST /predict`, found to be sound. */
export interface Prediction {
  /** The class, or the value. */
  readonly answer: string
  /** Probability of the class; undefined for a number target. */
  readonly confidence: number | undefined
}

/** Probabilities may miss 1 by what summing them in double precision may lose. */
const SLACK = 1e-6

/** The prediction in the JSON of an answer, or the sentence that says what is wrong with it. */
export function readPrediction(json: unknown, target: Target): Prediction | string {
  return target.type === 'class' ? readClass(json, target.classes) : readValue(json)
}

function readValue(json: unknown): Prediction | string {
  const value = numberAt(json, 'prediction', 'value')
  if (value === undefined) return 'The answer has no number prediction.value.'
  return { answer: String(Number(value.toPrecision(6))), confidence: undefined }
}

function readClass(json: unknown, classes: readonly string[]): Prediction | string {
  const prediction = member(json, 'prediction')
  const answer = member(prediction, 'class_name')
  const confidence = member(prediction, 'confidence')
  if (typeof answer !== 'string' || classes[numberAt(prediction, 'class_id') ?? -1] !== answer) {
    return "The answer's class_id and class_name are not those of one class."
  }
  if (typeof confidence !== 'number') return 'The answer has no number prediction.confidence.'
  const probabilities = readProbabilities(member(json, 'probabilities'), classes)
  if (probabilities === undefined) return 'The answer does not give each class a probability of 0 to 1.'
  const sum = probabilities.reduce((total, probability) => total + probability, 0)
  if (Math.abs(sum - 1) > SLACK) return `The probabilities sum to ${sum}, not to 1.`
  if (confidence !== Math.max(...probabilities) || confidence !== probabilities[classes.indexOf(answer)]) {
    return 'The class of the answer is not the one of the greatest probability, or its confidence another number.'
  }
  return { answer, confidence }
}

/** Of each class, in order; undefined when one is missing, odd or one too many. */
function readProbabilities(json: unknown, classes: readonly string[]): number[] | undefined {
  if (!isObject(json) || Object.keys(json).length !== classes.length) return undefined
  const probabilities = classes.map((name) => member(json, name))
  const sound = probabilities.every((value) => typeof value === 'number' && value >= 0 && value <= 1)
  return sound ? (probabilities as number[]) : undefined
}
