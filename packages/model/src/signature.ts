import {
  checkArray,
  checkBoolean,
  checkFinite,
  checkObject,
  checkOneOf,
  checkText,
  type Place,
  property,
  refuse,
  within,
} from './check-value.ts'
import type { CategoryFeature, Feature, NumberFeature, Signature, Target } from './table.ts'
import { LEAF } from './trees.ts'

/** A level's index is kept in a float32, which is exact up to here. */
export const MAX_LEVELS = 1 << 24
const MAX_CLASSES = 1 << 16

/** Checks a signature that came from outside; answers a copy with its keys in a fixed order and nothing else in it. */
export function checkSignature(value: unknown, at: Place): Signature {
  const object = checkObject(value, at)
  const listAt = within(at, 'features')
  const list = checkArray(property(object, 'features'), listAt, 1, LEAF)
  const features = list.map((feature, f) => checkFeature(feature, within(listAt, f)))
  checkUnique(
    features.map((feature) => feature.name),
    listAt,
    'names',
  )
  for (let f = 0; f < features.length; f++) checkKey(features[f].name, within(within(listAt, f), 'name'))
  return { features, target: checkTarget(property(object, 'target'), within(at, 'target')) }
}

function checkFeature(value: unknown, at: Place): Feature {
  const object = checkObject(value, at)
  const type = checkOneOf(property(object, 'type'), within(at, 'type'), ['number', 'category'])
  return type === 'number' ? checkNumberFeature(object, at) : checkCategoryFeature(object, at)
}

function checkNumberFeature(object: { readonly [key: string]: unknown }, at: Place): NumberFeature {
  const name = checkText(property(object, 'name'), within(at, 'name'))
  const missing = checkBoolean(property(object, 'missing'), within(at, 'missing'))
  if (property(object, 'min') === null && property(object, 'max') === null) {
    return { name, type: 'number', missing, min: null, max: null }
  }
  const min = checkFinite(property(object, 'min'), within(at, 'min'))
  const max = checkFinite(property(object, 'max'), within(at, 'max'))
  if (min > max) throw refuse(within(at, 'min'), `at most max, which is ${max}`, min)
  return { name, type: 'number', missing, min, max }
}

function checkCategoryFeature(object: { readonly [key: string]: unknown }, at: Place): CategoryFeature {
  const name = checkText(property(object, 'name'), within(at, 'name'))
  const missing = checkBoolean(property(object, 'missing'), within(at, 'missing'))
  const levels = checkTexts(property(object, 'levels'), within(at, 'levels'), 0, MAX_LEVELS)
  return { name, type: 'category', missing, levels }
}

function checkTarget(value: unknown, at: Place): Target {
  const object = checkObject(value, at)
  const name = checkText(property(object, 'name'), within(at, 'name'))
  const type = checkOneOf(property(object, 'type'), within(at, 'type'), ['class', 'number'])
  if (type === 'number') return { name, type }
  const classesAt = within(at, 'classes')
  const classes = checkTexts(property(object, 'classes'), classesAt, 2, MAX_CLASSES)
  for (let k = 0; k < classes.length; k++) checkKey(classes[k], within(classesAt, k))
  return { name, type, classes }
}

function checkTexts(value: unknown, at: Place, least: number, most: number): readonly string[] {
  const list = checkArray(value, at, least, most)
  const wrong = list.findIndex((text) => typeof text !== 'string')
  if (wrong >= 0) throw refuse(within(at, wrong), 'text', list[wrong])
  const texts = [...(list as readonly string[])]
  checkUnique(texts, at, 'texts')
  return texts
}

function checkUnique(texts: readonly string[], at: Place, what: string): void {
  if (new Set(texts).size === texts.length) return
  const seen = new Set<string>()
  const again = texts.findIndex((text) => seen.size === seen.add(text).size)
  throw refuse(within(at, again), `unique ${what}`, texts[again])
}

/** Names of features and classes become keys of objects; this one would set the object's prototype. */
function checkKey(name: string, at: Place): void {
  if (name === '__proto__') throw refuse(at, 'another name', name)
}
