/**
 * Importances of the features from the decrease of impurity by tree: each tree's brought to sum 1, then their mean, as
 * scikit-learn has it. All 0 when no tree has a split that decreases impurity.
 *
 * @param byTree [features] each; not normalised.
 */
export function importancesOf(byTree: readonly Float64Array[], features: number): number[] {
  const mean = new Float64Array(features)
  for (const decrease of byTree) {
    const sum = sumOf(decrease)
    if (sum > 0) for (let f = 0; f < features; f++) mean[f] += decrease[f] / sum
  }
  const sum = sumOf(mean)
  return Array.from(mean, (value) => (sum > 0 ? value / sum : 0))
}

function sumOf(values: Float64Array): number {
  let sum = 0
  for (const value of values) sum += value
  return sum
}
