import { spawn } from 'node:child_process'
import { hash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { openTracking, type Tracking } from '@copse/tracking'
import t, { type Test } from 'tap'
import { json, until, untilReady } from '../../test/ask.ts'
import { chart, hasCluster, type Namespace, newNamespace } from '../../test/cluster.ts'
import { build, canLoad, load } from '../../test/engine.ts'
import { startLoad } from '../../test/load.ts'

const TAG = 'cluster-test'
const ROW = [5.1, 3.5, 1.4, 0.2]
const PREDICTIONS = 20
/** The nodes have the images below under this tag already. */
const ON_NODES = process.env.COPSE_TEST_ON_NODES === '1'
const PYTHON_IMAGE = process.env.COPSE_TEST_PYTHON_IMAGE
const STAND_INS = 'infra/test/stand-ins'
/** The images of the stack: ours, and stand-ins for a database and a bucket. */
const IMAGES = {
  api: { target: 'api' },
  trainer: { target: 'trainer' },
  mlflow: {
    dockerfile: 'infra/docker/mlflow/Dockerfile',
    context: 'infra/docker/mlflow',
    args: { PYTHON_IMAGE },
  },
  postgres: { dockerfile: `${STAND_INS}/postgres/Dockerfile`, context: `${STAND_INS}/postgres` },
  'object-store': {
    dockerfile: `${STAND_INS}/object-store/Dockerfile`,
    context: `${STAND_INS}/object-store`,
    args: { PYTHON_IMAGE },
  },
}

t.test('the charts mlflow and copse on a cluster', { timeout: 1_700_000 }, async (t) => {
  if (!(await hasCluster(t)) || !(await canLoad(t))) return
  for (const [name, recipe] of Object.entries(ON_NODES ? {} : IMAGES)) {
    await build(`copse-${name}:${TAG}`, recipe)
    await load(`copse-${name}:${TAG}`)
  }
  const namespace = await newNamespace(t)
  const port = await freePort()
  let tracking: Tracking
  let url = ''
  const info = () => json<Info>(`${url}/model/info`)

  t.test('mlflow installs on a database and a bucket that are there', async (t) => {
    await namespace.kubectl(['apply', '--filename=-'], JSON.stringify(NEIGHBOURS))
    for (const name of ['database', 'object-store']) {
      await namespace.kubectl(['rollout', 'status', `deployment/${name}`, '--timeout=120s'])
    }
    const { code, stderr } = await namespace.helm(
      ['install', 'mlflow', chart('mlflow'), '--wait', '--timeout', '300s'],
      {
        'image.tag': TAG,
        'database.existingSecret': 'mlflow-database',
        'objectStore.existingSecret': 'mlflow-bucket',
        'objectStore.destination': 's3://mlflow',
        'objectStore.endpoint': 'http://object-store:8333',
        workers: 1,
        allowedHosts: [`127.0.0.1:${port}`],
      },
    )
    t.equal(code, 0, stderr)
    t.notMatch(stderr, /would violate PodSecurity/)
    await forward(t.parent as Test, namespace, port)
    tracking = await openTracking({ uri: `http://127.0.0.1:${port}`, home: join(t.testdir(), 'home') })
    t.strictSame(await tracking.registry.versions('iris'), [])
  })

  t.test('the trainer registers a model, and the service that follows its alias gets ready', async (t) => {
    const { code, stderr } = await namespace.helm(
      ['install', 'copse', chart('copse'), '--wait', '--wait-for-jobs', '--timeout', '300s'],
      copseWith({ 'trainer.enabled': true }),
    )
    t.equal(code, 0, stderr)
    t.match(await namespace.kubectl(['logs', 'job/copse-trainer-1']), /Registered iris version 1/)
    url = await namespace.nodeUrl('copse')
    await untilReady(`${url}/readyz`)
    t.match(await info(), { name: 'iris', version: '1', stale: false })
    const test = await namespace.helm(['test', 'copse', '--logs', '--timeout', '60s'])
    t.equal(test.code, 0, test.stderr)
  })

  t.test('a better version is taken up, a bad one is refused, and no request fails', async (t) => {
    const clients = startLoad(url, ROW, 'setosa')
    const first = await tracking.registry.get('iris', { version: '1' })
    const bundle = join(t.testdir(), 'bundle')
    await tracking.registry.download(first!, bundle)
    await promote(tracking, bundle)
    await until('version 2 is served by every pod', 60, () => everyPod(namespace, ({ version }) => version === '2'))

    const golden = JSON.parse(await readFile(join(bundle, 'golden.json'), 'utf8')) as { outputs: number[][] }
    golden.outputs[0]!.reverse()
    await writeFile(join(bundle, 'golden.json'), JSON.stringify(golden))
    await sign(bundle, 'golden.json')
    await promote(tracking, bundle)
    await until('version 3 is refused by every pod', 60, () =>
      everyPod(namespace, ({ last_reload }) => last_reload.result === 'failed'),
    )
    t.match(await info(), { version: '2', last_reload: { result: 'failed', code: 'API_ERR_GOLDEN' } })
    const { failures, answered } = await clients.stop()
    t.strictSame(failures, [])
    t.pass(`${answered} requests were answered`)
  })

  t.test('without MLflow the service goes on, and says so', async (t) => {
    await namespace.kubectl(['scale', 'deployment/mlflow', '--replicas=0'])
    await until('the service has noticed', 90, async () => (await info()).stale)
    t.equal((await fetch(`${url}/readyz`)).status, 200)
    await namespace.kubectl(['scale', 'deployment/mlflow', '--replicas=1'])
    await namespace.kubectl(['rollout', 'status', 'deployment/mlflow', '--timeout=180s'])
    await until('the service has noticed', 90, async () => !(await info()).stale)
    t.equal((await info()).version, '2')
  })

  t.test("MLflow's bucket is saved and restored from its pod", async (t) => {
    const lines = 'python -m mlflow_bucket save | python -m mlflow_bucket restore'
    const args = ['exec', 'deployment/mlflow', '--', 'sh', '-c', lines]
    const { code, stderr } = await namespace.tryKubectl(args)
    t.equal(code, 0, stderr)
    t.match(stderr, /([1-9]\d* objects, [1-9]\d* bytes)\n\1/)
  })

  t.test('with a schedule the trainer is a CronJob that trains', async (t) => {
    const { code, stderr } = await namespace.helm(
      ['upgrade', 'copse', chart('copse'), '--wait', '--timeout', '300s'],
      copseWith({ 'trainer.enabled': true, 'trainer.schedule': '0 3 * * *', 'trainer.args': ['--seed', '2'] }),
    )
    t.equal(code, 0, stderr)
    await namespace.kubectl(['create', 'job', 'by-hand', '--from=cronjob/copse-trainer'])
    await namespace.kubectl(['wait', 'job/by-hand', '--for=condition=Complete', '--timeout=180s'])
    t.match(await namespace.kubectl(['logs', 'job/by-hand']), /Registered iris version 4/)
  })

  t.test('with a bucket and a webhook, what a pod has logged is in the bucket when the pod is gone', async (t) => {
    await namespace.kubectl(['apply', '--filename=-'], JSON.stringify(secret('pager', { url: 'http://pager:8080/' })))
    const { code, stderr } = await namespace.helm(
      ['upgrade', 'copse', chart('copse'), '--wait', '--timeout', '300s'],
      copseWith({
        // The champion is the version that is refused.
        'model.references': ['models:/iris/2'],
        'driftWebhook.existingSecret': 'pager',
        'predictionLog.enabled': true,
        'predictionLog.objectStore.destination': 's3://mlflow/predictions',
        'predictionLog.objectStore.endpoint': 'http://object-store:8333',
        'predictionLog.objectStore.existingSecret': 'mlflow-bucket',
        segments: [{ name: 'plan', header: 'x-plan', values: ['free', 'pro'] }],
      }),
    )
    t.equal(code, 0, stderr)
    // A kept connection may still lead to a pod of before, while that drains.
    await until('the pods of before are gone', 120, async () => (await namespace.pods()).length === 2)
    await untilReady(`${url}/readyz`)
    const ids = new Set<string>()
    for (let i = 0; i < PREDICTIONS; i++) ids.add(await predictionId(url, { 'x-plan': 'pro' }))
    const counted = await Promise.all(
      (await namespace.pods()).map(({ metadata }) => proCount(namespace, metadata.name)),
    )
    t.equal(
      counted.reduce((sum, count) => sum + count, 0),
      PREDICTIONS,
      'they are counted as a part of the traffic',
    )
    t.match(await namespace.helm(['uninstall', 'copse', '--wait', '--timeout', '120s']), { code: 0 })
    await until('the pods are gone', 60, async () => (await namespace.pods()).length === 0)
    const logged = await namespace.kubectl(['exec', 'deployment/mlflow', '--', 'python', '-c', LOGGED])
    t.strictSame(new Set(logged.trim().split('\n')), ids)
    await namespace.kubectl(['delete', 'secret', 'pager'])
  })

  t.test('uninstalled both leave nothing', async (t) => {
    await tracking.close()
    const { code, stderr } = await namespace.helm(['uninstall', 'mlflow', '--wait', '--timeout', '120s'])
    t.equal(code, 0, stderr)
    await namespace.kubectl(['delete', '--wait', '--filename=-'], JSON.stringify(NEIGHBOURS))
    t.strictSame(await namespace.leftover(), [])
  })
})

interface Info {
  readonly version: string
  readonly stale: boolean
  readonly last_reload: { readonly result: string; readonly code?: string }
}

function copseWith(values: Record<string, unknown>): Record<string, unknown> {
  return {
    'image.tag': TAG,
    'trainer.image.tag': TAG,
    'tracking.uri': 'http://mlflow:5000',
    'model.references': ['models:/iris@champion'],
    'model.pollInterval': '2s',
    'service.type': 'NodePort',
    ...values,
  }
}

/** Predicts, and answers the prediction's id. */
async function predictionId(url: string, headers: Record<string, string>): Promise<string> {
  const all = { 'content-type': 'application/json', ...headers }
  const sent = await fetch(`${url}/predict`, { method: 'POST', headers: all, body: JSON.stringify({ features: ROW }) })
  await sent.arrayBuffer()
  return sent.headers.get('x-prediction-id') ?? `status ${sent.status}`
}

/** Predictions that a pod has counted for the plan `pro`. */
async function proCount(namespace: Namespace, pod: string): Promise<number> {
  const path = `/api/v1/namespaces/${namespace.name}/pods/${pod}:9100/proxy/metrics`
  const metrics = await namespace.kubectl(['get', '--raw', path])
  const counts = metrics.matchAll(/^copse_segment_predictions_total\{.*segment="plan",value="pro".*\} (\d+)$/gm)
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0)
}

/** Prints the id of each prediction that lies in the bucket. */
const LOGGED = `
import boto3, json, os
client = boto3.client("s3", endpoint_url=os.environ["MLFLOW_S3_ENDPOINT_URL"])
for found in client.list_objects_v2(Bucket="mlflow", Prefix="predictions/")["Contents"]:
    for line in client.get_object(Bucket="mlflow", Key=found["Key"])["Body"].iter_lines():
        print(json.loads(line)["id"])
`

/** The next version, under the alias. */
async function promote(tracking: Tracking, bundle: string): Promise<void> {
  await tracking.withRun({ experiment: 'iris' }, async (run) => {
    await run.logModel(bundle, { name: 'model', registeredModelName: 'iris', alias: 'champion' })
  })
}

/** Brings the sum of a file that was changed up to date. */
async function sign(bundle: string, file: string): Promise<void> {
  const path = join(bundle, 'SHA256SUMS')
  const sum = hash('sha256', await readFile(join(bundle, file)))
  const lines = (await readFile(path, 'utf8')).split('\n')
  await writeFile(path, lines.map((line) => (line.endsWith(`  ${file}`) ? `${sum}  ${file}` : line)).join('\n'))
}

/** Whether what each pod says of its model is so. */
async function everyPod(namespace: Namespace, holds: (info: Info) => boolean): Promise<boolean> {
  const pods = await namespace.pods()
  const answers = await Promise.all(
    pods.map(({ metadata }) => {
      const path = `/api/v1/namespaces/${namespace.name}/pods/${metadata.name}:3000/proxy/model/info`
      return namespace.kubectl(['get', '--raw', path])
    }),
  )
  return answers.length > 0 && answers.every((answer) => holds(JSON.parse(answer) as Info))
}

/** Forwards a port of this machine to MLflow's pod, until that or the test ends; by number, because MLflow knows the hosts that it is called by. */
async function forward(t: Test, namespace: Namespace, port: number): Promise<void> {
  const args = ['port-forward', 'service/mlflow', `${port}:5000`, `--namespace=${namespace.name}`]
  const child = spawn('kubectl', args, { stdio: ['ignore', 'pipe', 'ignore'] })
  t.teardown(() => child.kill())
  await new Promise<void>((resolve, reject) => {
    createInterface(child.stdout).once('line', () => resolve())
    child.once('exit', () => reject(new Error('kubectl port-forward to MLflow ended')))
  })
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

/** A database and a bucket, as a cluster's owner would have them; their data goes with their pods. */
const NEIGHBOURS = {
  apiVersion: 'v1',
  kind: 'List',
  items: [
    secret('mlflow-database', { uri: 'postgresql://mlflow:a-password@database:5432/mlflow' }),
    secret('mlflow-bucket', { AWS_ACCESS_KEY_ID: 'a-key', AWS_SECRET_ACCESS_KEY: 'a-secret' }),
    ...neighbour('database', 'postgres', 5432, {
      POSTGRES_DB: 'mlflow',
      POSTGRES_USER: 'mlflow',
      POSTGRES_PASSWORD: 'a-password',
    }),
    ...neighbour('object-store', 'object-store', 8333, { S3_BUCKET: 'mlflow' }),
  ],
}

function secret(name: string, stringData: Record<string, string>) {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData }
}

function neighbour(name: string, image: string, port: number, environment: Record<string, string>) {
  const labels = { neighbour: name }
  const container = {
    name,
    image: `copse-${image}:${TAG}`,
    env: Object.entries(environment).map(([name, value]) => ({ name, value })),
    readinessProbe: { tcpSocket: { port }, periodSeconds: 1 },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  }
  const securityContext = { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } }
  const template = {
    metadata: { labels },
    spec: { enableServiceLinks: false, securityContext, containers: [container] },
  }
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name },
      spec: { selector: { matchLabels: labels }, template },
    },
    { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { selector: labels, ports: [{ port }] } },
  ]
}
