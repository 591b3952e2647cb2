import type { ColumnScan } from './scan.ts'
import type { Feature, Signature } from './signature.ts'
import { quoted, type Source } from './source.ts'
import type { TargetScan } from './target-scan.ts'

/** Integers of at most 2^24 are exact in float32. */
const EXACT_INTEGER = 2 ** 24

/** One sentence for each thing about a table that is allowed but seldom meant. */
export function tableWarnings(
  signature: Signature,
  rows: number,
  scans: readonly ColumnScan[],
  target: TargetScan,
  source: Source,
): string[] {
  const warnings = signature.features.flatMap((feature, f) => columnWarnings(feature, rows, scans[f], source))
  if (target.constant) warnings.push(`Target column ${quoted(target.name)} has the same value in every row.`)
  return [...warnings, ...typeWarnings(target, source)]
}

function columnWarnings(feature: Feature, rows: number, scan: ColumnScan, source: Source): string[] {
  const column = `Column ${quoted(feature.name)}`
  const warnings = typeWarnings(scan, source)
  if (feature.type === 'number') {
    if (feature.min === null) warnings.push(`${column} is missing in every row.`)
    else if (feature.min === feature.max && !feature.missing)
      warnings.push(`${column} has the same value in every row.`)
    if (scan.integers && scan.largest > EXACT_INTEGER) {
      warnings.push(`${column} holds integers beyond 16777216, which float32 rounds.`)
    }
    return warnings
  }
  if (scan.turned === undefined && holdCommas(feature.levels)) {
    warnings.push(`${column} is a category because its numbers hold commas where a decimal point was expected.`)
  }
  const present = rows - scan.missing
  if (present === 0) warnings.push(`${column} is missing in every row.`)
  else if (feature.levels.length === 1 && !feature.missing) warnings.push(`${column} has the same value in every row.`)
  else if (feature.levels.length === present && present > 1) {
    warnings.push(`${column} is text that differs in every row; if it is an identifier, leave it out.`)
  }
  return warnings
}

function holdCommas(levels: readonly string[]): boolean {
  return levels.some((level) => level.includes(',')) && levels.every((level) => /^[+-]?\d+(,\d+)*$/.test(level))
}

/** Why a column that could have been numbers is a category. */
function typeWarnings(scan: ColumnScan, source: Source): string[] {
  const { name, inexact, turned } = scan
  if (inexact !== undefined) {
    const where = source.at(inexact.row)
    return [`Column ${quoted(name)} is a category because an integer in ${where} is too long for a float64 number.`]
  }
  if (turned === undefined) return []
  const where = source.at(turned.row)
  return [`Column ${quoted(name)} is a category because ${quoted(turned.text)} in ${where} is not a number.`]
}
