/** Whether an array holds these numbers: cheaper than an assertion, for properties. */
export function same(found: ArrayLike<number>, expected: readonly number[]): boolean {
  return found.length === expected.length && expected.every((value, i) => value === found[i])
}
