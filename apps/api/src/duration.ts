const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** A number with its unit: `250ms`, `10s`, `1.5m`, `1h`, `30d`; `0` needs none. */
export const DURATION = '^(0|\\d{1,9}(\\.\\d{1,6})?(ms|s|m|h|d))$'

/** Milliseconds of a text that matches DURATION. */
export function durationMs(text: string): number {
  if (text === '0') return 0
  const unit = /[a-z]+$/.exec(text)![0] as keyof typeof UNIT_MS
  return Number(text.slice(0, -unit.length)) * UNIT_MS[unit]
}
