import t, { type Test } from 'tap'
import { docker, hasEngine, untilReady } from '../../test/engine.ts'
import { HAS_GRAFANA, Stack } from './stack.ts'

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
    t.match(await get(`${api}/model/info`), { name: 'iris', version: '1', stale: false })
    t.match(await predict(api), { prediction: { class_name: 'setosa' } })
  })

  t.test('keeps the model in the database and the object store', async (t) => {
    const version = await fromMlflow(stack, '/api/2.0/mlflow/registered-models/alias?name=iris&alias=champion')
    t.match(version, { model_version: { version: '1', status: 'READY' } })
    const runs = Number(await sql(stack, 'select count(*) from runs'))
    t.ok(runs >= 2, `${runs} runs are in the database`)
    const model = (version as { model_version: { source: string } }).model_version.source.replace('models:/', '')
    const { files } = (await fromMlflow(stack, `/api/2.0/mlflow/logged-models/${model}/artifacts/directories`)) as {
      files: { path: string }[]
    }
    t.ok(
      files.some(({ path }) => path.endsWith('forest.copse')),
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
    await until('the service is scraped', async () => (await query(prometheus, 'up{job="copse"}'))[0] === '1')
    const served = 'count(copse_model_info{model="iris",version="1"})'
    await until('the model that it serves is known', async () => (await query(prometheus, served))[0] === '1')
    const rules = (await get(`${prometheus}/api/v1/rules`)) as { data: { groups: { rules: Rule[] }[] } }
    const all = rules.data.groups.flatMap((group) => group.rules)
    t.ok(all.length > 10, `${all.length} rules are loaded`)
    await until('rules are evaluated', async () => {
      const now = (await get(`${prometheus}/api/v1/rules`)) as typeof rules
      return now.data.groups.flatMap((group) => group.rules).every((rule) => rule.health === 'ok')
    })
    const found = (await get(`${prometheus}/api/v1/alertmanagers`)) as { data: { activeAlertmanagers: unknown[] } }
    t.equal(found.data.activeAlertmanagers.length, 1)
    t.match(await get(`${await stack.address('alertmanager', 9093)}/api/v2/status`), { config: {} })
  })

  t.test('Grafana has its dashboards', async (t) => {
    if (!HAS_GRAFANA) {
      t.pass('Grafana', { skip: 'no image stands in for that of Grafana' })
      return
    }
    const grafana = await stack.address('grafana', 3000)
    await untilReady(`${grafana}/api/health`)
    const headers = { authorization: `Basic ${btoa('admin:change-me-as-well')}` }
    const found = (await get(`${grafana}/api/search?tag=copse`, headers)) as unknown[]
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

  t.test('goes on without MLflow', async (t) => {
    await stack.compose('stop', 'mlflow', 'database')
    t.match(await predict(api), { prediction: { class_name: 'setosa' } })
    t.equal((await fetch(`${api}/readyz`)).status, 200)
    await stack.up(...SERVICES)
  })

  t.test('taken down and up again it has what it had, and trains nothing', async (t) => {
    await stack.compose('down', '--timeout', '30')
    await stack.up(...SERVICES)
    t.match(await stack.compose('logs', 'trainer'), /iris has a champion already, version 1/)
    t.match(await get(`${await stack.address('api', 3000)}/model/info`), { name: 'iris', version: '1' })
  })

  t.test('leaves nothing behind', async (t) => {
    await stack.compose('down', '--volumes', '--timeout', '30')
    t.strictSame(await stack.left(), [])
  })
})

interface Rule {
  readonly health: string
}

async function hasCompose(t: Test): Promise<boolean> {
  if (await docker(['compose', 'version']).catch(() => undefined)) return true
  t.pass('docker compose', { skip: 'docker has no plugin `compose`' })
  return false
}

async function get(url: string, headers: Record<string, string> = {}): Promise<unknown> {
  const answer = await fetch(url, { headers, signal: AbortSignal.timeout(10_000) })
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`)
  return answer.json()
}

async function predict(api: string): Promise<unknown> {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ features: ROW })
  return (await fetch(`${api}/predict`, { method: 'POST', headers, body })).json()
}

/** The values that an expression has now. */
async function query(prometheus: string, expression: string): Promise<string[]> {
  const url = `${prometheus}/api/v1/query?query=${encodeURIComponent(expression)}`
  const answer = (await get(url)) as { data: { result: { value: [number, string] }[] } }
  return answer.data.result.map(({ value }) => value[1])
}

async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 90_000; performance.now() < end; ) {
    if (await condition().catch(() => false)) return
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  throw new Error(`after 90 s it is still not so that ${what}`)
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
