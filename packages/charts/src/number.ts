const UNITS: readonly (readonly [number, string])[] = [
  [1e12, 'T'],
  [1e9, 'B'],
  [1e6, 'M'],
]

/** A number for people: whole below a million, else three significant digits; "n/a" for what is not finite. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return 'n/a'
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-3 || size >= 1e15)) return scientific(value, 2)
  // 999,999.6 would round to a million without the unit.
  for (const [unit, letter] of UNITS) if (Math.round(size) >= unit) return `${trimmed(value / unit, 3)}${letter}`
  return trimmed(value, 3)
}

/** Numbers that stand below each other: of ordinary size with the same decimals, else each for itself. */
export function formatAlike(values: readonly number[]): string[] {
  const finite = values.filter(Number.isFinite)
  const size = Math.max(0, ...finite.map(Math.abs))
  if (size < 1e-3 || size >= 1000 || finite.every(Number.isInteger)) return values.map(formatNumber)
  const decimals = Math.max(2 - decade(size), 0)
  const least = 10 ** -decimals
  return values.map((value) => {
    if (!Number.isFinite(value) || value === 0) return formatNumber(value)
    if (Math.abs(value) >= least / 2) return grouped(value.toFixed(decimals))
    return `${value < 0 ? '>' : '<'}${grouped((Math.sign(value) * least).toFixed(decimals))}`
  })
}

/** Labels of evenly spaced ticks, all with the same decimals and unit. */
export function formatTicks(ticks: readonly number[]): string[] {
  const size = Math.max(...ticks.map(Math.abs))
  const step = ticks.length > 1 ? Math.abs(ticks[1] - ticks[0]) : size
  if (size === 0) return ticks.map(() => '0')
  if (size >= 1e15 || step < 1e-6) {
    const digits = Math.min(Math.max(decade(size) - decade(step), 0), 15)
    return ticks.map((tick) => (tick === 0 ? '0' : scientific(tick, digits + 1)))
  }
  const [unit, letter] = UNITS.find(([least]) => size >= least && step / least >= 0.005) ?? [1, '']
  const decimals = decimalsOf(step / unit)
  return ticks.map((tick) => (tick === 0 ? '0' : `${grouped((tick / unit).toFixed(decimals))}${letter}`))
}

/** A count in little room: three characters and a unit at most. */
export function formatCompact(count: number): string {
  const short = count >= 999.5 && count < 999_500 ? `${trimmed(count / 1000, 2)}k` : formatNumber(count)
  return count < 1e6 ? short : formatNumber(Number(count.toPrecision(2)))
}

/** A share of 0 to 1 in percent; "100%" and "0%" are said only of all and nothing. */
export function formatShare(share: number): string {
  if (!Number.isFinite(share)) return 'n/a'
  if (share === 0 || share === 1) return `${share * 100}%`
  const tenths = Math.min(Math.max(Math.round(share * 1000), 1), 999)
  return `${tenths / 10}%`
}

/** At least `digits` significant digits, never fewer than the whole ones, without trailing zeros. */
function trimmed(value: number, digits: number): string {
  const decimals = value === 0 ? 0 : Math.max(digits - 1 - decade(value), 0)
  return grouped(value.toFixed(decimals).replace(/\.?0+$/, (tail) => (decimals ? '' : tail)))
}

function scientific(value: number, digits: number): string {
  const [mantissa, exponent] = value.toExponential(digits - 1).split('e')
  const short = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa
  return `${short}e${exponent.replace('+', '')}`.replaceAll('-', '−')
}

/** Thousands apart, and a minus sign as wide as a plus. */
function grouped(digits: string): string {
  const [whole, part] = digits.split('.')
  const apart = whole.replace(/\B(?=(\d{3})+$)/g, ',').replace('-', '−')
  return part ? `${apart}.${part}` : apart
}

function decimalsOf(step: number): number {
  for (let decimals = 0; decimals < 12; decimals++) {
    const shifted = step * 10 ** decimals
    if (Math.abs(shifted - Math.round(shifted)) < 1e-6 * shifted) return decimals
  }
  return 12
}

/** The power of ten of the first digit: 0 for 1 to 9.99. */
function decade(value: number): number {
  return Number(value.toExponential().split('e')[1])
}
