/**
 * P-values adjusted so that those up to a level hold a share of false discoveries of at most that level (Benjamini and
 * Hochberg 1995), in the order given: the least over j >= i of p(j) m / j, at most 1.
 */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  const m = pValues.length
  const order = Array.from(pValues.keys()).sort((a, b) => pValues[b] - pValues[a])
  const adjusted = new Array<number>(m)
  let least = 1
  for (const [place, index] of order.entries()) {
    least = Math.min(least, (pValues[index] * m) / (m - place))
    adjusted[index] = least
  }
  return adjusted
}
