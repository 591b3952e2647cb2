import { hash } from 'node:crypto'
import { fakeServer, type Received, type Reply } from './fake-server.ts'

interface Entry {
  key: string
  value: string
}

interface Point extends Entry {
  step: number
  timestamp: number
}

export interface FakeRun {
  id: string
  experiment: string
  status: string
  deleted: boolean
  tags: Map<string, string>
  params: Map<string, string>
  /** A point is its own key, as in MLflow's SQL stores. */
  points: Set<string>
  inputs: Set<string>
  outputs: Set<string>
  artifacts: Map<string, string>
}

interface FakeModel {
  id: string
  status: string
  tags: Map<string, string>
  deleted: boolean
  files: Map<string, string>
}

interface FakeVersion {
  version: string
  source: string
  tags: Map<string, string>
}

/** What happens to one request: carried out or not, answered or cut off, or another status instead. */
export type Fault = 'reset before' | 'reset after' | number | undefined

type Teardown = Parameters<typeof fakeServer>[0]

const EXISTS = { status: 400, text: '{"error_code":"RESOURCE_ALREADY_EXISTS","message":"It exists."}' }
const REFUSED = { status: 400, text: '{"error_code":"INVALID_PARAMETER_VALUE","message":"No."}' }

/** As much of MLflow as a sender uses, kept in memory, with its ways of making things twice and of refusing repeats. */
export async function fakeMlflow(t: Teardown, fault: (received: Received, count: number) => Fault = () => undefined) {
  const server = new FakeMlflow()
  const fake = await fakeServer(t, (received, count) => {
    const now = fault(received, count)
    if (typeof now === 'number') return { status: now, text: '' }
    if (now === 'reset before') return (response) => response.socket!.resetAndDestroy()
    const reply = server.answer(received)
    return now === 'reset after' ? (response) => response.socket!.resetAndDestroy() : reply
  })
  return { ...fake, server }
}

class FakeMlflow {
  readonly experiments = new Map<string, string>()
  readonly runs: FakeRun[] = []
  readonly models: FakeModel[] = []
  readonly registered = new Map<string, { versions: FakeVersion[]; aliases: Map<string, string> }>()

  answer({ method, path, json, body }: Received): Reply {
    const url = new URL(path, 'http://fake/')
    const query = Object.fromEntries(url.searchParams)
    const route = decodeURIComponent(url.pathname.slice(1))
    const artifact = /^api\/2\.0\/mlflow-artifacts\/artifacts\/(.*)$/.exec(route)?.[1]
    if (artifact !== undefined) return this.#artifact(artifact, body)
    const request = { ...query, ...json } as Record<string, never>
    const patched = /^logged-models\/(m-[0-9]+)$/.exec(route)?.[1]
    if (patched) return this.#patchModel(method, patched, request)
    switch (`${method} ${route}`) {
      case 'GET experiments/get-by-name':
        return this.experiments.has(request.experiment_name!)
          ? { experiment: { experiment_id: this.experiments.get(request.experiment_name!), lifecycle_stage: 'active' } }
          : undefined
      case 'POST experiments/create':
        if (this.experiments.has(request.name!)) return EXISTS
        this.experiments.set(request.name!, String(this.experiments.size + 1))
        return { experiment_id: this.experiments.get(request.name!) }
      case 'POST runs/create':
        return this.#createRun(request)
      case 'POST runs/search':
        return { runs: this.#tagged(this.runs, request.filter!).map(asReply) }
      case 'GET runs/get':
        return { run: asReply(this.#run(request.run_id!)) }
      case 'POST runs/delete':
        this.#run(request.run_id!).deleted = true
        return {}
      case 'POST runs/update':
        this.#run(request.run_id!).status = request.status!
        return {}
      case 'POST runs/log-batch':
        return this.#logBatch(request)
      case 'POST runs/log-inputs':
        for (const input of request.datasets as object[]) this.#run(request.run_id!).inputs.add(JSON.stringify(input))
        return {}
      case 'POST runs/outputs':
        return this.#logOutputs(request)
      case 'POST logged-models':
        return this.#createModel(request)
      case 'POST logged-models/search':
        return {
          models: this.#tagged(
            this.models.filter(({ deleted }) => !deleted),
            request.filter!,
          ).map((model) => ({ info: infoOf(model) })),
        }
      case 'POST registered-models/create':
        if (this.registered.has(request.name!)) return EXISTS
        this.registered.set(request.name!, { versions: [], aliases: new Map() })
        return {}
      case 'POST registered-models/alias':
        this.registered.get(request.name!)!.aliases.set(request.alias!, request.version!)
        return {}
      case 'GET registered-models/alias': {
        const registered = this.registered.get(request.name!)
        const version = registered?.aliases.get(request.alias!)
        if (!registered) return undefined
        return version === undefined ? REFUSED : { model_version: { name: request.name, version } }
      }
      case 'POST model-versions/create':
        return this.#createVersion(request)
      case 'GET model-versions/get':
        return { model_version: { name: request.name, version: request.version, source: '' } }
      case 'GET model-versions/search': {
        const name = /name='([^']*)'/.exec(request.filter!)![1]!
        return { model_versions: this.#tagged(this.registered.get(name)?.versions ?? [], request.filter!) }
      }
      default:
        return path === '/health' ? { status: 200, text: 'OK' } : undefined
    }
  }

  /** Runs that are not deleted, by uuid; fails on two with one uuid. */
  byUuid(): Map<string, FakeRun> {
    const found = new Map<string, FakeRun>()
    for (const run of this.runs.filter(({ deleted }) => !deleted)) {
      const uuid = run.tags.get('copse.run_uuid')!
      if (found.has(uuid)) throw new Error(`The run ${uuid} is there twice`)
      found.set(uuid, run)
    }
    return found
  }

  #run(id: string): FakeRun {
    return this.runs.find((run) => run.id === id)!
  }

  #createRun({ experiment_id, tags }: Record<string, never>): Reply {
    const run: FakeRun = {
      id: `r${this.runs.length + 1}`,
      experiment: experiment_id!,
      status: 'RUNNING',
      deleted: false,
      tags: toMap(tags as unknown as Entry[]),
      params: new Map(),
      points: new Set(),
      inputs: new Set(),
      outputs: new Set(),
      artifacts: new Map(),
    }
    this.runs.push(run)
    return { run: asReply(run) }
  }

  #logBatch(request: Record<string, never>): Reply {
    const run = this.#run(request.run_id!)
    const { metrics, params, tags } = request as unknown as { metrics: Point[]; params: Entry[]; tags: Entry[] }
    if (metrics.length + params.length + tags.length > 1000 || params.length > 100) return REFUSED
    if (params.some(({ key, value }) => run.params.has(key) && run.params.get(key) !== value)) return REFUSED
    if (metrics.some(({ key }) => key === 'refused')) return REFUSED
    for (const { key, value } of params) run.params.set(key, value)
    for (const { key, value } of tags) run.tags.set(key, value)
    for (const { key, value, step, timestamp } of metrics) run.points.add(`${key} ${value} ${step} ${timestamp}`)
    return {}
  }

  #logOutputs(request: Record<string, never>): Reply {
    const { outputs } = this.#run(request.run_id!)
    const [{ model_id }] = request.models as unknown as [{ model_id: string }]
    if (outputs.has(model_id)) return { status: 400, text: '{"error_code":"BAD_REQUEST","message":"UNIQUE"}' }
    outputs.add(model_id)
    return {}
  }

  #createModel({ tags }: Record<string, never>): Reply {
    const id = `m-${this.models.length + 1}`
    const model = { id, status: 'PENDING', tags: toMap(tags as unknown as Entry[]), deleted: false, files: new Map() }
    this.models.push(model)
    return { model: { info: infoOf(model) } }
  }

  #patchModel(method: string, id: string, { status }: Record<string, never>): Reply {
    const model = this.models.find((model) => model.id === id)!
    if (method === 'DELETE') model.deleted = true
    else model.status = status!
    return {}
  }

  #createVersion(request: Record<string, never>): Reply {
    const { versions } = this.registered.get(request.name!)!
    const version = String(versions.length + 1)
    versions.push({ version, source: request.source!, tags: toMap(request.tags as unknown as Entry[]) })
    return { model_version: { name: request.name, version } }
  }

  #artifact(path: string, body: Buffer): Reply {
    const [owner, ...segments] = path.split('/')
    const files = this.models.find(({ id }) => id === owner)?.files ?? this.#run(owner!).artifacts
    files.set(segments.join('/'), hash('sha256', body))
    return {}
  }

  #tagged<T extends { tags: Map<string, string> }>(list: readonly T[], filter: string): T[] {
    const [, key, value] = /tags\.`([^`]+)` = '([^']*)'/.exec(filter) ?? []
    return list.filter(({ tags }) => key === undefined || tags.get(key) === value)
  }
}

function asReply({ id, experiment, outputs, deleted }: FakeRun) {
  const lifecycle_stage = deleted ? 'deleted' : 'active'
  const info = { run_id: id, experiment_id: experiment, artifact_uri: `mlflow-artifacts:/${id}`, lifecycle_stage }
  return { info, outputs: { model_outputs: [...outputs].map((model_id) => ({ model_id })) } }
}

function infoOf({ id, status }: FakeModel) {
  return {
    model_id: id,
    artifact_uri: `mlflow-artifacts:/${id}`,
    status: `LOGGED_MODEL_${status.replace(/^LOGGED_MODEL_/, '')}`,
  }
}

function toMap(entries: Entry[]) {
  return new Map(entries.map(({ key, value }) => [key, value]))
}
