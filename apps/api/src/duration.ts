const UNIT_MS = { ms: 1, s: 1000, m: 60_000 }

/** A number with its unit: `250ms`, `10s`, `1.5m`; `0` needs none. */
export const DURATION = '^(0|\\d{1,9}(\\.\\d{1,6})?(ms|s|m))$'

/** Milliseconds of a text that matches DURATION. */
export function durationMs(text: string): number {
  if (text === '0') return 0
  const unit = /[ms]+$/.exec(text)![0] as keyof typeof UNIT_MS
  return Number(text.slice(0, -unit.length)) * UNIT_MS[unit]
}
