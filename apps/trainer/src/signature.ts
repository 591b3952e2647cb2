import type { Feature, Signature } from '@copse/model'

/**
 * Why requests made for `registered` would not fit a model of `table`: one clause, or undefined when they fit.
 * Feature names in their order, their types, the target's name and type, and the classes must be the same; ranges,
 * levels, and whether values may be missing may differ.
 */
export function signatureDifference(registered: Signature, table: Signature): string | undefined {
  return featureDifference(registered.features, table.features) ?? targetDifference(registered.target, table.target)
}

/**
 * Columns made for `from` in the terms of `to` (same names and types): a level keeps its text and takes its index in
 * `to`; a level that `to` does not know takes an index past its last one, which reads as unseen. Missing stays NaN.
 */
export function recodeColumns(columns: readonly Float32Array[], from: Signature, to: Signature): Float32Array[] {
  return columns.map((column, f) => {
    const source = from.features[f]!
    const target = to.features[f]!
    if (source.type !== 'category' || target.type !== 'category') return column
    const index = new Map(target.levels.map((level, i) => [level, i]))
    const codes = source.levels.map((level) => index.get(level) ?? target.levels.length)
    return column.map((code) => (Number.isNaN(code) ? Number.NaN : (codes[code] ?? target.levels.length)))
  })
}

function featureDifference(registered: readonly Feature[], table: readonly Feature[]): string | undefined {
  const before = new Map(registered.map((feature) => [feature.name, feature]))
  const after = new Map(table.map((feature) => [feature.name, feature]))
  for (const name of before.keys()) if (!after.has(name)) return `it has no column "${name}"`
  for (const name of after.keys()) if (!before.has(name)) return `it has a new column "${name}"`
  for (const { name, type } of table) {
    const was = before.get(name)!.type
    if (was !== type) return `column "${name}" was a ${was} and is a ${type} now`
  }
  const moved = table.find((feature, f) => feature.name !== registered[f]!.name)
  return moved && `its columns are in another order, beginning with "${moved.name}"`
}

function targetDifference(registered: Signature['target'], table: Signature['target']): string | undefined {
  if (registered.name !== table.name) return `the target was "${registered.name}" and is "${table.name}" now`
  if (registered.type !== table.type) return `the target was a ${registered.type} and is a ${table.type} now`
  if (registered.type !== 'class' || table.type !== 'class') return undefined
  const before = new Set(registered.classes)
  const after = new Set(table.classes)
  const gone = registered.classes.find((label) => !after.has(label))
  if (gone !== undefined) return `its target has no class "${gone}"`
  const added = table.classes.find((label) => !before.has(label))
  if (added !== undefined) return `its target has a new class "${added}"`
  const same = registered.classes.every((label, k) => label === table.classes[k])
  return same ? undefined : 'its classes are in another order'
}
