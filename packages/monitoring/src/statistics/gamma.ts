/** Coefficients of Lanczos' approximation with g = 607/128, 15 terms (Godfrey 2001): relative error below 1e-14. */
const LANCZOS = [
  0.9999999999999971, 57.15623566586292, -59.59796035547549, 14.136097974741746, -0.4919138160976202,
  0.00003399464998481189, 0.00004652362892704858, -0.00009837447530487956, 0.0001580887032249125,
  -0.00021026444172410488, 0.00021743961811521265, -0.0001643181065367639, 0.00008441822398385275,
  -0.000026190838401581408, 0.0000036899182659531625,
]
const G = 607 / 128

const EPSILON = 2 ** -53
const TINY = 1e-300
/** Both expansions need about sqrt(shape) terms where they are slowest. */
const MOST_TERMS = 100_000

/** The natural logarithm of the gamma function of x > 0. */
export function logGamma(x: number): number {
  let sum = LANCZOS[0]
  for (let k = 1; k < LANCZOS.length; k++) sum += LANCZOS[k] / (x - 1 + k)
  const base = x - 0.5 + G
  return (x - 0.5) * Math.log(base) - base + Math.log(Math.sqrt(2 * Math.PI) * sum)
}

/**
 * The regularised upper incomplete gamma function Q(shape, x) = P(X > x) of a gamma variable of scale 1; shape > 0. By its
 * series below the mean and its continued fraction above (DLMF 8.7.1 and 8.9.2), so that small tails keep their digits.
 */
export function upperGamma(shape: number, x: number): number {
  if (!(x > 0)) return 1
  if (x === Infinity) return 0
  const front = Math.exp(shape * Math.log(x) - x - logGamma(shape))
  return x < shape + 1 ? 1 - front * lowerSeries(shape, x) : front * upperFraction(shape, x)
}

function lowerSeries(shape: number, x: number): number {
  let term = 1 / shape
  let sum = term
  for (let k = 1; k < MOST_TERMS && term > sum * EPSILON; k++) {
    term *= x / (shape + k)
    sum += term
  }
  return sum
}

/** Lentz's method. */
function upperFraction(shape: number, x: number): number {
  let b = x + 1 - shape
  let c = 1 / TINY
  let d = 1 / b
  let fraction = d
  for (let k = 1; k < MOST_TERMS; k++) {
    const a = k * (shape - k)
    b += 2
    d = 1 / nonZero(a * d + b)
    c = nonZero(b + a / c)
    const step = c * d
    fraction *= step
    if (Math.abs(step - 1) <= EPSILON) break
  }
  return fraction
}

function nonZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value
}
