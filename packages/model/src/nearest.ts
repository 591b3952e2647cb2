/** Nearest whole number to x, halves to the even one. */
export function nearest(x: number): number {
  const up = Math.round(x)
  return up - x === 0.5 && up % 2 !== 0 ? up - 1 : up + 0
}
