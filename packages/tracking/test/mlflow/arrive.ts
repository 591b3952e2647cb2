import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { listRuns, type RunRecord, readJournal, storeStatus, sync } from '../../src/index.ts'

interface ReadRun {
  uuid: string
  status: string
  params: Record<string, string>
  metrics: Record<string, [number, number, number][]>
  artifacts: Record<string, string>
  models: Record<string, { status: string; files: Record<string, string> }>
}

type Judge = Pick<typeof import('tap').default, 'equal' | 'same'>

/** Syncs to `uri` until nothing is pending, then compares each journal with what the Python client reads from `server`. */
export async function arriveAll(
  t: Judge,
  { home, uri, server, experiment }: { home: string; uri: string; server: string; experiment: string },
) {
  let syncs = 0
  for (let left = 1; left > 0 && syncs < 100; syncs++) {
    const report = await sync({ home, uri, retries: 1, timeoutMs: 1000 }).catch(() => undefined)
    if (report) left = report.pending + report.busy
  }
  t.same(
    (await storeStatus({ home })).filter(({ pending, refused, ended }) => pending > 0 || refused > 0 || !ended),
    [],
    'everything has arrived',
  )
  const script = join(import.meta.dirname, 'read-runs.py')
  const env = { ...process.env, MLFLOW_TRACKING_URI: server, MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR: 'false' }
  const { stdout } = await promisify(execFile)(process.env.MLFLOW_PYTHON!, [script, experiment], {
    env,
    maxBuffer: 1 << 28,
  })
  const read = JSON.parse(stdout.split('\n').findLast((line) => line.startsWith('{'))!) as {
    runs: ReadRun[]
    versions: { model: string }[]
  }
  const counts = { runs: 0, lost: 0, doubled: 0 }
  const registered: string[] = []
  for (const written of await listRuns(home)) {
    const found = read.runs.filter(({ uuid }) => uuid === written.uuid)
    counts.runs += 1
    counts.doubled += Math.max(0, found.length - 1)
    if (found.length === 0 || !(await isWhole(home, written, found[0]!, counts))) counts.lost += 1
    registered.push(...written.models.map(({ modelId }) => modelId))
  }
  t.equal(read.runs.length, counts.runs, 'no other runs')
  t.same(read.versions.map(({ model }) => model).sort(), registered.sort(), 'each registered model has one version')
  t.same({ lost: counts.lost, doubled: counts.doubled }, { lost: 0, doubled: 0 })
  return { syncs, counts }
}

async function isWhole(
  home: string,
  written: RunRecord,
  found: ReadRun,
  counts: { doubled: number },
): Promise<boolean> {
  const points = (list: readonly (readonly number[])[]) => list.map((point) => point.join(' ')).sort()
  let same =
    found.status === written.status && JSON.stringify(sorted(found.params)) === JSON.stringify(sorted(written.params))
  for (const [key, list] of Object.entries(written.metrics)) {
    const wanted = points(list.map(({ step, value, timestamp }) => [step, value, timestamp]))
    const got = points(found.metrics[key] ?? [])
    counts.doubled += got.length - new Set(got).size
    same &&= JSON.stringify(wanted) === JSON.stringify(got)
  }
  const artifacts = Object.fromEntries(Object.entries(written.artifacts).map(([path, { sha256 }]) => [path, sha256]))
  same &&= JSON.stringify(sorted(artifacts)) === JSON.stringify(sorted(found.artifacts))
  const { records } = await readJournal(join(home, 'runs', written.uuid, 'journal'), 'run')
  for (const operation of records as { op: string; model: string; files: { path: string; sha256: string }[] }[]) {
    if (operation.op !== 'model') continue
    const files = Object.fromEntries(operation.files.map(({ path, sha256 }) => [path, sha256]))
    const { registered_model_meta: _, ...got } = found.models[operation.model]?.files ?? {}
    // It holds the server's ids there and those of the journal here.
    if (files.MLmodel !== undefined && got.MLmodel !== undefined) files.MLmodel = got.MLmodel
    same &&=
      found.models[operation.model]?.status === 'READY' && JSON.stringify(sorted(files)) === JSON.stringify(sorted(got))
  }
  return same && Object.keys(found.models).length === written.models.length
}

function sorted(record: Record<string, string>) {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))
}
