import type { Operation } from './operation.ts'
import type { Pending } from './replay.ts'

/**
 * Leaves out of pending operations the tags that a later operation has set on the server meanwhile. One that failed for itself
 * (a 500) is sent again after those behind it, and its older value must not take the place of a newer one.
 *
 * @param operations the run's journal; record 1 comes first.
 * @param hasArrived whether the server has a record; a refused one it has not.
 */
export function withoutOvertaken(
  pending: readonly Pending[],
  operations: readonly Operation[],
  hasArrived: (record: number) => boolean,
): Pending[] {
  const newer = new Set<string>()
  const left = new Map(pending.map(({ record, operation }) => [record, operation]))
  for (let record = operations.length; record >= 1; record--) {
    const operation = operations[record - 1]!
    if (operation.op !== 'batch' || operation.tags.length === 0) continue
    if (left.has(record)) {
      const tags = operation.tags.filter(({ key }) => !newer.has(key))
      if (tags.length < operation.tags.length) left.set(record, { ...operation, tags })
    } else if (hasArrived(record)) {
      for (const { key } of operation.tags) newer.add(key)
    }
  }
  return [...left].map(([record, operation]) => ({ record, operation }))
}
