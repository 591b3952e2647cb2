import { isAway, isRefusal } from './answer.ts'
import { BATCH_LIMITS } from './batches.ts'
import { TrackingError } from './errors.ts'
import type { Journal } from './journal.ts'
import type { BatchOperation, Operation, Sender, Sent } from './operation.ts'

/** An operation and its number in the run's journal. */
export interface Pending {
  record: number
  operation: Operation
}

export interface Replayed {
  run: Sent['run']
  /** Numbers of the records that arrived or were refused for good. */
  settled: number[]
  /** Refused for good, so never sent again. */
  refused: { record: number; error: TrackingError }[]
  /** Failed in another way, so sent again next time. */
  failed: Error[]
  /** Set when the server went away before the end. */
  away?: TrackingError
  /** Aliases left where another had moved them meanwhile. */
  aliases: { name: string; alias: string; version: string; at: string }[]
}

/**
 * Sends operations that may have been sent before, in order, and notes each in `sent`. Stops when the server is away; may be
 * stopped at any point and begun again.
 */
export async function replay(
  operations: readonly Pending[],
  { directory, sender, sent, run }: { directory: string; sender: Sender; sent: Journal; run: Sent['run'] },
): Promise<Replayed> {
  const report: Replayed = { run, settled: [], refused: [], failed: [], aliases: [] }
  const groups = merge(operations)
  for (let group = groups.shift(); group; group = groups.shift()) {
    const { operation, records } = group
    if (!report.run && operation.op !== 'start') break
    try {
      const answer = await sender.apply(operation, directory, report.run, true)
      for (const record of records) sent.append({ record, ...answer } satisfies Sent)
      report.settled.push(...records)
      if (answer.run) report.run = answer.run
      noteAlias(report, operation, answer.model)
    } catch (error) {
      if (isAway(error)) return { ...report, away: error }
      if (!isRefusal(error)) {
        report.failed.push(error as Error)
      } else if (records.length > 1) {
        // One bad value refuses a whole request: the others go alone.
        groups.unshift(...group.parts.map(alone))
      } else {
        sent.append({ record: records[0]!, refused: refusalOf(error) } satisfies Sent)
        report.settled.push(records[0]!)
        report.refused.push({ record: records[0]!, error })
      }
    }
  }
  return report
}

/** What the journal `sent` keeps of an error. */
export function refusalOf(error: unknown): NonNullable<Sent['refused']> {
  if (!(error instanceof TrackingError)) return { status: undefined, errorCode: undefined }
  return { status: error.status, errorCode: error.errorCode ?? error.code }
}

interface Group {
  operation: Operation
  records: number[]
  parts: Pending[]
}

/** Puts batches that follow each other into one request, as far as one request takes them. */
function merge(operations: readonly Pending[]): Group[] {
  const groups: Group[] = []
  for (const pending of operations) {
    const last = groups.at(-1)
    const merged = last && mergeBatches(last.operation, pending.operation)
    if (merged) {
      last.operation = merged
      last.records.push(pending.record)
      last.parts.push(pending)
    } else {
      groups.push(alone(pending))
    }
  }
  return groups
}

function alone(pending: Pending): Group {
  return { operation: pending.operation, records: [pending.record], parts: [pending] }
}

function mergeBatches(one: Operation, two: Operation): BatchOperation | undefined {
  if (one.op !== 'batch' || two.op !== 'batch') return undefined
  const items = [one, two].reduce((sum, each) => sum + each.metrics.length + each.params.length + each.tags.length, 0)
  const params = [...one.params, ...two.params]
  if (items > BATCH_LIMITS.items || params.length > BATCH_LIMITS.params) return undefined
  if (new Set(params.map(({ key }) => key)).size < params.length) return undefined
  const tags = new Map([...one.tags, ...two.tags].map((tag) => [tag.key, tag]))
  if (tags.size > BATCH_LIMITS.tags) return undefined
  return { op: 'batch', metrics: [...one.metrics, ...two.metrics], params, tags: [...tags.values()] }
}

function noteAlias(report: Replayed, operation: Operation, model: Sent['model']) {
  if (operation.op !== 'model' || !operation.register?.alias || model?.aliasAt === undefined) return
  const { name, alias } = operation.register
  report.aliases.push({ name, alias, version: model.version!, at: model.aliasAt })
}
