/** The digits of a seven-segment display and the importances of the segments in theory (scikit-learn's test_importances_asymptotic). */
export function sevenSegments(): { rows: number[][]; target: number[]; importances: number[] } {
  const rows = DIGITS.map((digit) => digit.slice(0, 7))
  const target = DIGITS.map((digit) => digit[7])
  return { rows, target, importances: rows[0].map((_, f) => importanceOf(f, rows, target)) }
}

const DIGITS = [
  [0, 0, 1, 0, 0, 1, 0, 1],
  [1, 0, 1, 1, 1, 0, 1, 2],
  [1, 0, 1, 1, 0, 1, 1, 3],
  [0, 1, 1, 1, 0, 1, 0, 4],
  [1, 1, 0, 1, 0, 1, 1, 5],
  [1, 1, 0, 1, 1, 1, 1, 6],
  [1, 0, 1, 0, 0, 1, 0, 7],
  [1, 1, 1, 1, 1, 1, 1, 8],
  [1, 1, 1, 1, 0, 1, 1, 9],
  [1, 1, 1, 0, 1, 1, 1, 0],
]

/** Louppe et al., Understanding variable importances in forests of randomized trees (2013), equation 4, for binary features. */
function importanceOf(feature: number, rows: number[][], target: number[]): number {
  const others = rows[0].map((_, f) => f).filter((f) => f !== feature)
  let importance = 0
  for (let subset = 0; subset < 2 ** others.length; subset++) {
    const given = others.filter((_, i) => (subset >> i) & 1)
    const weight = 1 / (binomial(given.length, rows[0].length) * (rows[0].length - given.length))
    for (let bits = 0; bits < 2 ** given.length; bits++) {
      const held = rows
        .map((row, i) => (given.every((f, j) => row[f] === ((bits >> j) & 1)) ? i : -1))
        .filter((i) => i >= 0)
      if (held.length === 0) continue
      const sides = [0, 1].map((value) => held.filter((i) => rows[i][feature] === value))
      const rest = sides.reduce(
        (sum, side) => sum + (entropyOf(side.map((i) => target[i])) * side.length) / held.length,
        0,
      )
      importance += weight * (held.length / rows.length) * (entropyOf(held.map((i) => target[i])) - rest)
    }
  }
  return importance
}

/** Entropy in bits. */
export function entropyOf(classes: number[]): number {
  const counts = new Map<number, number>()
  for (const of of classes) counts.set(of, (counts.get(of) ?? 0) + 1)
  let entropy = 0
  for (const count of counts.values()) entropy -= (count / classes.length) * Math.log2(count / classes.length)
  return entropy
}

function binomial(k: number, n: number): number {
  let value = 1
  for (let i = 1; i <= k; i++) value = (value * (n - i + 1)) / i
  return value
}
