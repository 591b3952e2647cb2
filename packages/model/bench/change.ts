import { Random } from '../src/random.ts'
import type { Feature, Table } from '../src/table.ts'

/** A tenth of every column's values goes missing. */
export function dropValues(table: Table): Table {
  const random = Random.ofTree(7, 0)
  const columns = table.columns.map((column) => column.map((value) => (random.below(10) === 0 ? Number.NaN : value)))
  const features = table.signature.features.map((feature) => ({ ...feature, missing: true }))
  return { ...table, columns, signature: { ...table.signature, features } }
}

/** The same tenth is replaced by the median of what is left, which tells as little and asks nothing of the engine. */
export function fillValues(table: Table): Table {
  const columns = dropValues(table).columns.map((column) => {
    const held = column.filter((value) => !Number.isNaN(value)).sort()
    return column.map((value) => (Number.isNaN(value) ? held[held.length >> 1] : value))
  })
  return { ...table, columns }
}

/** The three columns of fewest values, but more than two, are declared as categories, their values shuffled. */
export function declareLevels(table: Table): Table {
  const columns = [...table.columns]
  const features: Feature[] = [...table.signature.features]
  const values = columns.map((column) => [...new Set(column)].sort((a, b) => a - b))
  const few = columns
    .map((_, f) => f)
    .filter((f) => values[f].length > 2 && values[f].length <= MOST_FEW)
    .sort((a, b) => values[a].length - values[b].length)
  if (few.length === 0) return table
  for (const f of few.slice(0, 3)) {
    const levels = shuffled(values[f], Random.ofTree(9, f))
    columns[f] = columns[f].map((value) => levels.indexOf(value))
    features[f] = {
      name: features[f].name,
      type: 'category',
      missing: false,
      levels: levels.map((value) => `l${value}`),
    }
  }
  return { ...table, columns, signature: { ...table.signature, features } }
}

const MOST_FEW = 32

/** The first three columns fall into about equally full levels whose order is lost. */
export function makeLevels(table: Table): Table {
  const features: Feature[] = [...table.signature.features]
  const columns = makeSteps(table).columns.map((column, f) => {
    const count = COUNTS[f]
    if (count === undefined) return column
    const levels = Array.from({ length: count }, (_, i) => `l${i}`)
    features[f] = { name: features[f].name, type: 'category', missing: false, levels }
    const places = shuffled([...levels.keys()], Random.ofTree(10, f))
    return column.map((step) => places[step])
  })
  return { ...table, columns, signature: { ...table.signature, features } }
}

const COUNTS = [10, 100, 1000]

/** The first three columns are replaced by the number of the tenth, hundredth or thousandth that a value falls into. */
export function makeSteps(table: Table): Table {
  const columns = [...table.columns]
  const features: Feature[] = [...table.signature.features]
  for (const [f, count] of COUNTS.entries()) {
    const random = Random.ofTree(9, f)
    const sorted = columns[f].toSorted()
    // Equal values are spread by noise, so that a column of few values has as many levels as one of many.
    columns[f] = columns[f].map((value) => {
      const low = bisect(sorted, value, false)
      const place = low + random.share() * (bisect(sorted, value, true) - low)
      return Math.min(count - 1, Math.floor((place / sorted.length) * count))
    })
    features[f] = { name: features[f].name, type: 'number', missing: false, min: 0, max: count - 1 }
  }
  return { ...table, columns, signature: { ...table.signature, features } }
}

function shuffled<T>(list: readonly T[], random: Random): T[] {
  const order = [...list]
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.below(i + 1)
    const kept = order[i]
    order[i] = order[j]
    order[j] = kept
  }
  return order
}

/** Values below `value`, or up to it. */
function bisect(sorted: Float32Array, value: number, upTo: boolean): number {
  let from = 0
  let to = sorted.length
  while (from < to) {
    const middle = (from + to) >> 1
    if (sorted[middle] < value || (upTo && sorted[middle] === value)) from = middle + 1
    else to = middle
  }
  return from
}

export function addWeights(table: Table): Table {
  const random = Random.ofTree(8, 0)
  return { ...table, weights: Float64Array.from({ length: table.rows }, () => 0.5 + random.share()) }
}
