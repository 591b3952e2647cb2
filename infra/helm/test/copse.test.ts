import t, { type Test } from 'tap'
import { until, untilReady } from '../../test/ask.ts'
import { chart, hasCluster, type Namespace, newNamespace, type Pod } from '../../test/cluster.ts'
import { build, canLoad, docker, load } from '../../test/engine.ts'
import { type LoadResult, startLoad } from '../../test/load.ts'

const REPOSITORY = 'copse-api'
const IMAGE = { 'image.repository': REPOSITORY, 'image.tag': 'cluster-test' }
const NEXT = { 'image.repository': REPOSITORY, 'image.tag': 'cluster-test-next' }
/** An image of the engine in place of one that is built. */
const BUILT = process.env.COPSE_TEST_API_IMAGE
const ROW = [5.1, 3.5, 1.4, 0.2]
const CHART = chart('copse')

t.test('the chart copse on a cluster', { timeout: 1_500_000 }, async (t) => {
  if (!(await hasCluster(t)) || !(await canLoad(t))) return
  const [image, next] = [IMAGE, NEXT].map((set) => `${REPOSITORY}:${set['image.tag']}`) as [string, string]
  if (BUILT === undefined) await build(image, { target: 'api' })
  else await docker(['tag', BUILT, image])
  // Another image to a node, and the same program.
  await docker(['build', '--tag', next, '-'], `FROM ${image}\nLABEL copse.test=next\n`)
  await load(image)
  await load(next)
  const namespace = await newNamespace(t)
  let url = ''

  /** Runs `work` while the service is asked all the time; then the count, and what failed, which is nothing. */
  async function underLoad(t: Test, work: () => Promise<void>): Promise<LoadResult> {
    const clients = startLoad(url, ROW, 'setosa')
    try {
      await until('the load has begun', 30, async () => clients.answered > 50)
      await work()
    } finally {
      const result = await clients.stop()
      t.strictSame(result.failures, [], 'no request failed')
      t.pass(`${result.answered} requests were answered, the slowest in ${result.slowest} ms`)
    }
    return clients.stop()
  }

  t.test('installed with nothing but its image it serves', async (t) => {
    const { code, stdout, stderr } = await namespace.helm(install('--timeout', '120s'), IMAGE)
    t.equal(code, 0, stderr)
    t.notMatch(stderr, /would violate PodSecurity/)
    t.match(stdout, /The Iris model of the image is served/)
    const pods = await namespace.pods()
    t.equal(pods.length, 2)
    t.ok(pods.every(isReady))
  })

  t.test('helm test asks for a known answer', async (t) => {
    const { code, stdout, stderr } = await namespace.helm(['test', 'copse', '--logs', '--timeout', '60s'])
    t.equal(code, 0, stderr)
    t.match(stdout, /predicts .*"class_name":"setosa"/)
  })

  t.test('helm test fails when the answer is another', async (t) => {
    const wrong = { ...IMAGE, 'test.expect': { prediction: { class_name: 'virginica' } } }
    t.match(await namespace.helm(upgrade('--timeout', '120s'), wrong), { code: 0 })
    const { code, stdout } = await namespace.helm(['test', 'copse', '--logs', '--timeout', '60s'])
    t.not(code, 0)
    t.match(stdout, /which does not hold/)
  })

  t.test('it is reached at a port of the nodes, metrics are not', async (t) => {
    const { code, stderr } = await namespace.helm(upgrade('--timeout', '120s'), {
      ...IMAGE,
      'service.type': 'NodePort',
    })
    t.equal(code, 0, stderr)
    url = await namespace.nodeUrl('copse')
    await untilReady(`${url}/readyz`)
    t.equal((await fetch(`${url}/metrics`)).status, 404)
    t.match(await namespace.get('service', 'copse-metrics'), { spec: { type: 'ClusterIP', clusterIP: 'None' } })
    const path = `/api/v1/namespaces/${namespace.name}/pods/${(await namespace.pods())[0]?.metadata.name}:9100/proxy/metrics`
    t.match(await namespace.kubectl(['get', '--raw', path]), /copse_model_info\{/)
  })

  t.test('upgraded to another image under load it answers every request', async (t) => {
    const before = names(await namespace.pods())
    await underLoad(t, async () => {
      const { code, stderr } = await namespace.helm(upgrade('--timeout', '180s'), {
        ...NEXT,
        'service.type': 'NodePort',
      })
      t.equal(code, 0, stderr)
      await settled(namespace, 2)
    })
    const pods = await namespace.pods()
    t.ok(pods.every((pod) => pod.spec.containers[0]?.image === next))
    t.notOk(pods.some((pod) => before.includes(pod.metadata.name)))
  })

  for (const [what, broken] of [
    ['an image that is not there', { ...NEXT, 'image.tag': 'cluster-test-absent', 'image.pullPolicy': 'Never' }],
    ['a model that is not there', { ...NEXT, 'model.references': ['file:/models/absent'] }],
    ['a model that is no model', { ...NEXT, 'model.references': ['file:/app/dist'] }],
  ] as const) {
    t.test(`an upgrade to ${what} goes back by itself, and no request fails`, async (t) => {
      const before = names(await namespace.pods())
      await underLoad(t, async () => {
        const set = { ...broken, 'service.type': 'NodePort' }
        const { code, stderr } = await namespace.helm(upgrade('--timeout', '20s'), set)
        t.not(code, 0)
        t.match(stderr, /rolled back|rollback/i)
        await settled(namespace, 2)
      })
      t.strictSame(names(await namespace.pods()), before, 'the pods are those of before')
      const history = JSON.parse((await namespace.helm(['history', 'copse', '--output', 'json'])).stdout)
      t.match(history.at(-1), { status: 'deployed', description: /^Rollback to/ })
    })
  }

  t.test('a change of a setting reaches the pods', async (t) => {
    const before = names(await namespace.pods())
    await underLoad(t, async () => {
      const set = { ...NEXT, 'service.type': 'NodePort', logLevel: 'error' }
      t.match(await namespace.helm(upgrade('--timeout', '180s'), set), { code: 0 })
      await settled(namespace, 2)
    })
    t.notOk(names(await namespace.pods()).some((name) => before.includes(name)))
  })

  t.test('it grows to three pods and back to two, and no request fails', async (t) => {
    await underLoad(t, async () => {
      for (const replicas of [3, 2]) {
        const set = { ...NEXT, 'service.type': 'NodePort', logLevel: 'error', replicas }
        t.match(await namespace.helm(upgrade('--timeout', '120s'), set), { code: 0 })
        await settled(namespace, replicas)
      }
    })
  })

  t.test('an eviction that would break the budget is refused, and no request fails', async (t) => {
    await underLoad(t, async () => {
      const [first, second] = names(await namespace.pods()) as [string, string]
      t.match(await evict(namespace, first), { code: 0 }, 'one of two may go')
      const refused = await evict(namespace, second)
      t.not(refused.code, 0)
      t.match(refused.stderr, /violate the pod's disruption budget/)
      await settled(namespace, 2)
      t.ok(names(await namespace.pods()).includes(second))
    })
  })

  t.test('a node is drained, and no request fails', async (t) => {
    const nodes = await workers(namespace)
    if (nodes.length < 2) {
      t.pass('drain', { skip: `it takes two nodes that pods run on; there is ${nodes.length}` })
      return
    }
    const node = nodes.at(-1) as string
    await underLoad(t, async () => {
      const args = ['--ignore-daemonsets', '--delete-emptydir-data', '--timeout=180s']
      await namespace.kubectl(['drain', node, ...args, '--pod-selector=app.kubernetes.io/instance=copse'])
      await settled(namespace, 2)
    })
    await namespace.kubectl(['uncordon', node])
  })

  t.test('an autoscaler takes the count of pods over', async (t) => {
    const set = { ...NEXT, 'service.type': 'NodePort', 'autoscaling.enabled': true, 'autoscaling.minReplicas': 3 }
    t.match(await namespace.helm(upgrade('--timeout', '120s'), set), { code: 0 })
    await settled(namespace, 3)
    const { status } = await namespace.get<Autoscaler>('horizontalpodautoscaler', 'copse')
    t.match(
      status.conditions.find(({ type }) => type === 'AbleToScale'),
      { status: 'True' },
    )
  })

  t.test('every object that the chart can make is one that the API server takes', async (t) => {
    const everything = {
      ...NEXT,
      'autoscaling.enabled': true,
      'ingress.enabled': true,
      'ingress.hosts': ['forest.example.com'],
      'networkPolicy.enabled': true,
      'dashboards.enabled': true,
      'driftWebhook.existingSecret': 'pager',
      'model.cache.existingClaim': 'cache',
      'keys.existingSecret': 'keys',
      'predictionLog.enabled': true,
      'predictionLog.existingClaim': 'predictions',
      'predictionLog.objectStore.destination': 's3://logs/copse',
      'predictionLog.objectStore.existingSecret': 'logs',
      segments: [{ name: 'plan', header: 'x-plan', values: ['free', 'pro'] }],
      'service.type': 'LoadBalancer',
      'tracking.uri': 'http://mlflow:5000',
      'trainer.enabled': true,
      'trainer.schedule': '0 3 * * *',
    }
    const { stdout } = await namespace.helm(['template', 'other', CHART, '--skip-tests'], everything)
    const {
      code,
      stdout: taken,
      stderr,
    } = await namespace.tryKubectl(['apply', '--dry-run=server', '--filename=-'], stdout)
    t.equal(code, 0, stderr)
    t.notMatch(stderr, /would violate PodSecurity/)
    for (const kind of ['cronjob', 'ingress', 'networkpolicy', 'poddisruptionbudget'])
      t.match(taken, new RegExp(`^${kind}`, 'm'))
  })

  t.test('uninstalled it leaves nothing', async (t) => {
    const { code, stderr } = await namespace.helm(['uninstall', 'copse', '--wait', '--timeout', '120s'])
    t.equal(code, 0, stderr)
    t.strictSame(await namespace.leftover(), [])
  })
})

function install(...flags: string[]): string[] {
  return ['install', 'copse', CHART, '--wait', ...flags]
}

function upgrade(...flags: string[]): string[] {
  return ['upgrade', 'copse', CHART, '--wait', '--rollback-on-failure', ...flags]
}

function names(pods: readonly Pod[]): string[] {
  return pods.map(({ metadata }) => metadata.name).sort()
}

function isReady(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp === undefined && pod.status.containerStatuses?.[0]?.ready === true
}

/** Waits until exactly so many pods are there and ready, and those that were ending are gone. */
async function settled(namespace: Namespace, count: number): Promise<void> {
  await until(`${count} pods are ready and no other is there`, 120, async () => {
    const pods = await namespace.pods()
    return pods.length === count && pods.every(isReady)
  })
}

function evict(namespace: Namespace, pod: string) {
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod, namespace: namespace.name } }
  const path = `/api/v1/namespaces/${namespace.name}/pods/${pod}/eviction`
  return namespace.tryKubectl(['create', '--raw', path, '--filename=-'], JSON.stringify(eviction))
}

/** Nodes that an ordinary pod may run on. */
async function workers(namespace: Namespace): Promise<string[]> {
  const nodes = await namespace.list<Node>('nodes')
  return nodes
    .filter(({ spec }) => !spec.unschedulable && !spec.taints?.some(({ effect }) => effect === 'NoSchedule'))
    .map(({ metadata }) => metadata.name)
}

interface Node {
  readonly metadata: { readonly name: string }
  readonly spec: { readonly unschedulable?: boolean; readonly taints?: readonly { readonly effect: string }[] }
}

interface Autoscaler {
  readonly status: { readonly conditions: readonly { readonly type: string; readonly status: string }[] }
}
