import type { Feature, Signature, Target } from '@copse/dataset'
import { isObject, member } from './json.ts'

/** The signature in the JSON of `/model/info`; undefined when it is none. */
export function readSignature(json: unknown): Signature | undefined {
  const features = member(json, 'features')
  const target = member(json, 'target')
  if (!Array.isArray(features) || features.length === 0) return undefined
  return features.every(isFeature) && isTarget(target) ? { features, target } : undefined
}

/** Whether a model takes and answers what another was trained for: the same columns and classes in the same order. */
export function sameShape(one: Signature, other: Signature): boolean {
  return JSON.stringify(shapeOf(one)) === JSON.stringify(shapeOf(other))
}

function shapeOf({ features, target }: Signature): unknown {
  return [features.map(({ name, type }) => [name, type]), target.type, target.type === 'class' ? target.classes : []]
}

function isFeature(json: unknown): json is Feature {
  if (!isObject(json) || typeof json.name !== 'string' || typeof json.missing !== 'boolean') return false
  if (json.type === 'category') return isTexts(json.levels)
  return json.type === 'number' && isBound(json.min) && isBound(json.max)
}

function isTarget(json: unknown): json is Target {
  if (!isObject(json) || typeof json.name !== 'string') return false
  return json.type === 'number' || (json.type === 'class' && isTexts(json.classes) && json.classes.length >= 2)
}

function isTexts(json: unknown): json is string[] {
  return Array.isArray(json) && json.every((item) => typeof item === 'string')
}

function isBound(json: unknown): boolean {
  return json === null || typeof json === 'number'
}
