import { readFile, stat, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { json, until, untilReady } from '../../test/ask.ts'
import { docker, hasEngine } from '../../test/engine.ts'
import { HAS_GRAFANA, Stack } from './stack.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')
const ROW = [5.1, 3.5, 1.4, 0.2]
/** What is asked for by name; the rest is started because these need it. */
const SERVICES = ['api', 'prometheus', 'alertmanager', ...(HAS_GRAFANA ? ['grafana'] : [])]

t.test('the compose stack', { timeout: 1_700_000 }, async (t) => {
  if (!(await hasEngine(t)) || !(await hasCompose(t))) return
  const stack = await Stack.create(t)
  await stack.up(...SERVICES)
  const api = await stack.address('api', 3000)

  t.test('serves what its trainer has registered in its MLflow', async (t) => {
    t.match(await stack.compose('logs', 'trainer'), /Registered iris version 1/)
    t.match(await json(`${api}/model/info`), { name: 'iris', version: '1', stale: false })
    t.match(await predict(api), { prediction: { class_name: 'setosa' } })
  })

  t.test('keeps the model in the database and the object store', async (t) => {
    t.match(await champion(stack), { version: '1', status: 'READY' })
    const runs = (await runIds(stack)).length
    t.ok(runs >= 2, `${runs} runs are in the database`)
    const files = await bundleFiles(stack)
    t.ok(
      files.some((path) => path.endsWith('forest.copse')),
      'MLflow lists the bundle from the object store',
    )
  })

  t.test('MLflow answers those who call it by a name that it knows, and nobody else', async (t) => {
    const mlflow = await stack.address('mlflow', 5000)
    t.equal((await fetch(`${mlflow}/health`)).status, 200)
    const stranger = await stack.compose('exec', '-T', 'mlflow', 'python', '-c', STRANGER)
    t.equal(stranger, '403')
  })

  t.test('Prometheus scrapes the service, knows its rules and reaches Alertmanager', async (t) => {
    const prometheus = await stack.address('prometheus', 9090)
    await until('the service is scraped', 90, async () => (await query(prometheus, 'up{job="copse"}'))[0] === '1')
    const served = 'count(copse_model_info{model="iris",version="1"})'
    await until('the model that it serves is known', 90, async () => (await query(prometheus, served))[0] === '1')
    const loaded = (await rules(prometheus)).length
    t.ok(loaded > 10, `${loaded} rules are loaded`)
    await until('rules are evaluated', 90, async () => (await rules(prometheus)).every(({ health }) => health === 'ok'))
    const found = await json<{ data: { activeAlertmanagers: unknown[] } }>(`${prometheus}/api/v1/alertmanagers`)
    t.equal(found.data.activeAlertmanagers.length, 1)
    t.match(await json(`${await stack.address('alertmanager', 9093)}/api/v2/status`), { config: {} })
  })

  t.test('Grafana has its dashboards', async (t) => {
    if (!HAS_GRAFANA) {
      t.pass('Grafana', { skip: 'no image stands in for that of Grafana' })
      return
    }
    const grafana = await stack.address('grafana', 3000)
    await untilReady(`${grafana}/api/health`)
    const headers = { authorization: `Basic ${btoa('admin:change-me-as-well')}` }
    const found = await json<unknown[]>(`${grafana}/api/search?tag=copse`, headers)
    t.ok(found.length >= 4, `${found.length} dashboards`)
  })

  t.test('its containers may write to their volumes and nowhere else', async (t) => {
    for (const service of ['api', 'mlflow', 'prometheus', 'alertmanager']) {
      const id = await stack.compose('ps', '--quiet', service)
      const [{ HostConfig: host, Config: config }] = JSON.parse(await docker(['inspect', id]))
      t.equal(host.ReadonlyRootfs, true, service)
      t.strictSame(host.CapDrop, ['ALL'], service)
      t.not(config.User, '', `${service} does not run as root`)
    }
  })

  t.test('with --profile minio takes MinIO in place of the object store, under its name', async (t) => {
    const { services } = JSON.parse(await stack.compose('--profile', 'minio', 'config', '--format', 'json'))
    t.strictSame(services.minio.networks.default.aliases, ['object-store'])
    t.notOk('object-store' in services)
    t.ok('api' in services)
  })

  t.test('goes on without MLflow', async (t) => {
    await stack.compose('stop', 'mlflow', 'database')
    t.match(await predict(api), { prediction: { class_name: 'setosa' } })
    t.equal((await fetch(`${api}/readyz`)).status, 200)
    await stack.up(...SERVICES)
  })

  t.test('taken down and up again it has what it had, and trains nothing', async (t) => {
    const files = await bundleFiles(stack)
    await stack.compose('down', '--timeout', '30')
    await stack.up(...SERVICES)
    t.match(await stack.compose('logs', 'trainer'), /iris has a champion already, version 1/)
    t.match(await modelInfo(stack), { version: '1' })
    t.strictSame(await bundleFiles(stack), files)
  })

  t.test('a backup brings runs and model into a new stack, and back in place of what came after it', async (t) => {
    const scratch = t.testdir()
    await symlink(join(ROOT, 'infra'), join(scratch, 'infra'))
    const info = await modelInfo(stack)
    const before = { champion: await champion(stack), runs: await runIds(stack), files: await bundleFiles(stack) }
    await stack.shell(await linesWith('pg_dump --username'), scratch)
    await stack.compose('down', '--volumes', '--timeout', '30')
    t.strictSame(await stack.left(), [], 'nothing is left of the stack')

    const restored = stack.another(t)
    const restore = await linesWith('pg_restore')
    await restored.shell(restore, scratch)
    await restored.up(...SERVICES)
    const now = async () => ({
      champion: await champion(restored),
      runs: await runIds(restored),
      files: await bundleFiles(restored),
    })
    t.strictSame(await now(), before)
    t.match(await restored.compose('logs', 'trainer'), /iris has a champion already, version 1/)
    t.match(await modelInfo(restored), { version: '1', sha256: info.sha256, stale: false })
    t.match(await predict(await restored.address('api', 3000)), { prediction: { class_name: 'setosa' } })

    await restored.compose('run', '--rm', 'trainer', '--seed', '2')
    t.ok((await runIds(restored)).length > before.runs.length, 'another run has come')
    await restored.shell(restore, scratch)
    await restored.up(...SERVICES)
    t.strictSame(await now(), before)
    t.match(await modelInfo(restored), { version: '1', sha256: info.sha256 })

    const { size } = await stat(join(scratch, 'objects.tar.gz'))
    await restored.shell(`head -c ${size - 20} objects.tar.gz > whole && mv whole objects.tar.gz`, scratch)
    await t.rejects(restored.shell(restore, scratch), /the file is not whole, after \d+ objects/)
    await restored.compose('down', '--volumes', '--timeout', '30')
    t.strictSame(await restored.left(), [], 'nothing is left of the new one')
  })
})

interface ModelInfo {
  readonly version: string
  readonly sha256: string
}

async function hasCompose(t: Test): Promise<boolean> {
  if (await docker(['compose', 'version']).catch(() => undefined)) return true
  t.pass('docker compose', { skip: 'docker has no plugin `compose`' })
  return false
}

/** The lines of docs/deploy.md, a block of them, that hold a text. */
async function linesWith(text: string): Promise<string> {
  const guide = await readFile(join(ROOT, 'docs', 'deploy.md'), 'utf8')
  const blocks = guide.match(/(^ {4}.*\n)+/gm)?.filter((block) => block.includes(text)) ?? []
  if (blocks.length !== 1) throw new Error(`docs/deploy.md has ${blocks.length} blocks with ${text}`)
  return blocks[0]!
}

async function modelInfo(stack: Stack): Promise<ModelInfo> {
  return json<ModelInfo>(`${await stack.address('api', 3000)}/model/info`)
}

async function predict(api: string): Promise<unknown> {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ features: ROW })
  return (await fetch(`${api}/predict`, { method: 'POST', headers, body })).json()
}

/** The values that an expression has now. */
async function query(prometheus: string, expression: string): Promise<string[]> {
  const url = `${prometheus}/api/v1/query?query=${encodeURIComponent(expression)}`
  const answer = await json<{ data: { result: { value: [number, string] }[] } }>(url)
  return answer.data.result.map(({ value }) => value[1])
}

async function rules(prometheus: string): Promise<{ readonly health: string }[]> {
  type Answer = { data: { groups: { rules: { health: string }[] }[] } }
  return (await json<Answer>(`${prometheus}/api/v1/rules`)).data.groups.flatMap((group) => group.rules)
}

interface Version {
  readonly version: string
  readonly status: string
  readonly source: string
  readonly run_id: string
}

/** What the registry says of the version that is served. */
async function champion(stack: Stack): Promise<Version> {
  const path = '/api/2.0/mlflow/registered-models/alias?name=iris&alias=champion'
  return ((await fromMlflow(stack, path)) as { model_version: Version }).model_version
}

/** Paths of the files of that version, as MLflow lists them in its bucket. */
async function bundleFiles(stack: Stack): Promise<string[]> {
  const model = (await champion(stack)).source.replace('models:/', '')
  const path = `/api/2.0/mlflow/logged-models/${model}/artifacts/directories`
  return ((await fromMlflow(stack, path)) as { files: { path: string }[] }).files.map(({ path }) => path)
}

async function runIds(stack: Stack): Promise<string[]> {
  return (await sql(stack, 'select run_uuid from runs order by run_uuid')).split('\n')
}

/** MLflow's answer to a request from within its own container, by the name that the other services call it. */
async function fromMlflow(stack: Stack, path: string): Promise<unknown> {
  const script = `import urllib.request; print(urllib.request.urlopen("http://mlflow:5000${path}").read().decode())`
  return JSON.parse(await stack.compose('exec', '-T', 'mlflow', 'python', '-c', script))
}

function sql(stack: Stack, statement: string): Promise<string> {
  const args = ['--username', 'mlflow', '--host', '127.0.0.1', '--dbname', 'mlflow', '--tuples-only', '--no-align']
  return stack.compose('exec', '-T', '-e', 'PGPASSWORD=change-me', 'database', 'psql', ...args, '--command', statement)
}

/** Prints the status that a request with a Host header of somebody else's gets. */
const STRANGER = `
import urllib.error, urllib.request
request = urllib.request.Request("http://127.0.0.1:5000/api/2.0/mlflow/experiments/get?experiment_id=0", headers={"Host": "attacker.example.com"})
try: print(urllib.request.urlopen(request).status)
except urllib.error.HTTPError as error: print(error.code)
`.trim()
