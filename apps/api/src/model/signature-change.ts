import type { Feature, Signature } from '@copse/model'

/**
 * In what way a client of one model would be refused or misread by another; undefined when it would notice nothing. Ranges
 * and levels may differ, and a feature may become one that may be missing.
 */
export function signatureChange(before: Signature, after: Signature): string | undefined {
  const count = before.features.length
  if (after.features.length !== count) return `it has ${after.features.length} features, not ${count}`
  for (const [f, feature] of before.features.entries()) {
    const change = featureChange(feature, after.features[f]!)
    if (change !== undefined) return `feature ${f} ${change}`
  }
  return targetChange(before.target, after.target)
}

function featureChange(before: Feature, after: Feature): string | undefined {
  const was = JSON.stringify(before.name)
  if (after.name !== before.name) return `is ${JSON.stringify(after.name)}, not ${was}`
  if (after.type !== before.type) return `${was} is a ${after.type}, not a ${before.type}`
  return before.missing && !after.missing ? `${was} may no longer be missing` : undefined
}

function targetChange(before: Signature['target'], after: Signature['target']): string | undefined {
  if (after.type !== before.type) return `it answers a ${after.type}, not a ${before.type}`
  if (before.type === 'number' || after.type === 'number') return undefined
  const same =
    after.classes.length === before.classes.length && after.classes.every((name, k) => name === before.classes[k])
  return same ? undefined : 'its classes are others, or in another order'
}
