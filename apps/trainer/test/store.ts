import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One run of a local store, read from its journal without the package that wrote it. */
export interface StoredRun {
  name: string
  status: string | undefined
  parent: string | undefined
  uuid: string
  tags: Record<string, string>
  params: Record<string, string>
  /** Values in the order of their steps. */
  metrics: Record<string, number[]>
  datasets: Record<string, unknown>[]
  artifacts: string[]
}

export function readRuns(home: string): StoredRun[] {
  const runs = join(home, 'runs')
  if (!existsSync(runs)) return []
  return readdirSync(runs)
    .sort()
    .map((uuid) => readRun(readFileSync(join(runs, uuid, 'journal'), 'utf8')))
}

interface Operation {
  op: string
  [key: string]: unknown
}

/** A record is a head of 27 characters and then JSON. */
function readRun(journal: string): StoredRun {
  const run: StoredRun = {
    name: '',
    status: undefined,
    parent: undefined,
    uuid: '',
    tags: {},
    params: {},
    metrics: {},
    datasets: [],
    artifacts: [],
  }
  for (const line of journal.trimEnd().split('\n')) apply(run, JSON.parse(line.slice(27)) as Operation)
  return run
}

function apply(run: StoredRun, operation: Operation): void {
  const entries = (key: string) => operation[key] as { key: string; value: never }[]
  switch (operation.op) {
    case 'start':
      run.name = operation.name as string
      run.uuid = operation.uuid as string
      run.parent = (operation.parent as { uuid: string } | null)?.uuid
      for (const { key, value } of entries('tags')) run.tags[key] = value
      break
    case 'batch':
      for (const { key, value } of entries('params')) run.params[key] = value
      for (const { key, value } of entries('tags')) run.tags[key] = value
      for (const { key, value } of entries('metrics')) {
        run.metrics[key] ??= []
        run.metrics[key].push(value)
      }
      break
    case 'dataset':
      run.datasets.push(operation)
      break
    case 'artifact':
      run.artifacts.push(operation.path as string)
      break
    case 'end':
      run.status = operation.status as string
      break
  }
}
