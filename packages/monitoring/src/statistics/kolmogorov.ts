/**
 * P(K > x) of Kolmogorov's limiting distribution: the alternating series for large x and, below 1, Jacobi's transform of it
 * (Marsaglia, Tsang and Wang 2003, equation 1), each good to the last digits where it is used.
 */
export function kolmogorovSurvival(x: number): number {
  if (!(x > 0)) return 1
  return x < 1 ? 1 - belowOne(x) : aboveOne(x)
}

function belowOne(x: number): number {
  let sum = 0
  for (let k = 1; k <= 9; k += 2) sum += Math.exp((-k * k * Math.PI ** 2) / (8 * x * x))
  return (Math.sqrt(2 * Math.PI) / x) * sum
}

function aboveOne(x: number): number {
  let sum = 0
  for (let k = 4; k >= 1; k--) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * x * x)
  return sum
}
