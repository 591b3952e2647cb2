import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { execa } from 'execa'
import t from 'tap'
import { until } from '../../test/ask.ts'
import { hasCluster, newNamespace } from '../../test/cluster.ts'
import { canLoad } from '../../test/engine.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')
const KEY = 'a-key-for-the-test'

t.test('deploy.sh with a real Docker, Helm and API server', { timeout: 1_500_000 }, async (t) => {
  if (!(await hasCluster(t)) || !(await canLoad(t))) return
  const namespace = await newNamespace(t)
  let image = ''

  const deploy = (args: readonly string[], env: Record<string, string> = {}, detached = false) =>
    execa(join(ROOT, 'deploy.sh'), ['--namespace', namespace.name, ...args], {
      reject: false,
      env: { NO_COLOR: '1', ...env },
      detached,
    })
  const history = async () =>
    JSON.parse((await namespace.helm(['history', 'copse', '--output', 'json'])).stdout) as Revision[]
  const names = async () => (await namespace.pods()).map(({ metadata }) => metadata.name).sort()

  t.test('--status of what is not there says so', async (t) => {
    const { exitCode, stdout } = await deploy(['--status'])
    t.equal(exitCode, 0)
    t.match(stdout, `copse is not installed in namespace ${namespace.name}.`)
  })

  t.test('a dry run of a first deployment shows every object and makes none', async (t) => {
    const { exitCode, stdout, stderr } = await deploy(['--dry-run', '--image', 'copse-api:none'])
    t.equal(exitCode, 0, String(stderr))
    for (const kind of ['Deployment', 'Service', 'PodDisruptionBudget']) t.match(stdout, `kind: ${kind}`)
    t.strictSame(await namespace.contents(), [])
  })

  t.test('the image of the checkout is built, brought to the nodes, deployed and asked', async (t) => {
    const ca = process.env.COPSE_TEST_CA
    const secret = ca === undefined ? [] : ['--build-secret', `id=ca,src=${ca}`]
    const build = ['--build', ...secret, '--load', process.env.COPSE_TEST_LOAD ?? '']
    const { exitCode, stdout, stderr } = await deploy([...build, '--json'])
    t.equal(exitCode, 0, String(stderr))
    const report = JSON.parse(String(stdout)) as Report
    t.match(report, { release: 'copse', revision: { revision: 1, status: 'deployed' }, model: { name: 'iris' } })
    t.equal(report.pods.length, 2)
    t.ok(report.pods.every(({ ready, imageId }) => ready && /sha256:[0-9a-f]{64}/.test(imageId)))
    t.equal(report.endpoints.length, 11)
    t.ok(report.endpoints.every(({ status }) => status === 200))
    t.ok((report.timings['Build the image'] ?? 0) > 0)
    image = report.pods[0]?.image ?? ''
    t.match(image, /^copse-api:[0-9a-f]{12}/)
  })

  t.test('--status reports revision, image, model, pods and endpoints', async (t) => {
    const { exitCode, stdout } = await deploy(['--status'])
    t.equal(exitCode, 0)
    t.match(stdout, /^copse in namespace .*: revision 1, deployed$/m)
    t.match(stdout, `Image: ${image}, sha256:`)
    t.match(stdout, /^Model: iris version /m)
    t.match(stdout, /^ {2}ready {5}copse-/m)
    t.match(stdout, /^ {2}200 POST \/predict/m)
    t.comment(`\n${stdout}`)
  })

  t.test('a dry run shows what would change and changes nothing', async (t) => {
    const { exitCode, stdout, stderr } = await deploy(['--dry-run', '--image', image, '--set', 'replicas=3'])
    t.equal(exitCode, 0, String(stderr))
    t.match(stdout, /^- {2}replicas: 2$\n^\+ {2}replicas: 3$/m)
    t.equal((await history()).length, 1)
  })

  t.test('a dry run of what is there already shows nothing', async (t) => {
    t.match(await deploy(['--dry-run', '--image', image]), { exitCode: 0, stdout: /Nothing would change\./ })
  })

  t.test('an upgrade, and back with --rollback', async (t) => {
    const up = await deploy(['--image', image, '--set', 'replicas=3'])
    t.equal(up.exitCode, 0, String(up.stderr))
    t.match(up.stdout, /revision 2, deployed/)
    t.equal((await namespace.pods()).length, 3)
    const back = await deploy(['--rollback'])
    t.equal(back.exitCode, 0, String(back.stderr))
    t.match(back.stdout, /revision 3, deployed/)
    await until('the third pod is gone', 60, async () => (await namespace.pods()).length === 2)
  })

  for (const [what, args, says] of [
    [
      'an image that is not there',
      ['--image', 'copse-api:none', '--set', 'image.pullPolicy=Never'],
      /ErrImageNeverPull/,
    ],
    [
      'a model that is not there',
      ['--set', 'model.references={file:/models/absent}'],
      /file:\/models\/absent cannot be served/,
    ],
  ] as const) {
    t.test(`with ${what} the revision before is brought back, and the cluster has told why`, async (t) => {
      const before = await names()
      const [flag, name] = args[0] === '--image' ? ['', ''] : ['--image', image]
      const own = flag === '' ? [] : [flag, name]
      const { exitCode, stderr } = await deploy([...own, ...args, '--timeout', '20'])
      t.equal(exitCode, 1)
      t.match(stderr, /helm upgrade failed/)
      t.match(stderr, says)
      t.match(stderr, /^Revision \d+ is back\.$/m)
      await until('the pods are those of before', 60, async () => `${await names()}` === `${before}`)
      t.match((await history()).at(-1), { status: 'deployed' })
    })
  }

  t.test('an answer that is not the known one brings the revision before back', async (t) => {
    const { exitCode, stderr } = await deploy([
      '--image',
      image,
      '--set',
      'test.expect.prediction.class_name=virginica',
    ])
    t.equal(exitCode, 1)
    t.match(stderr, /POST \/predict gave another answer than the known one/)
    t.match(stderr, /^Revision \d+ is back\.$/m)
  })

  t.test('Ctrl-C states the condition, the old pods serve on, and the next deployment mends it', async (t) => {
    const before = await names()
    const revision = (await history()).at(-1)?.revision ?? 0
    // A process group of its own, that hears SIGINT as one started in a terminal does.
    const child = deploy(['--image', 'copse-api:none', '--set', 'image.pullPolicy=Never'], {}, true)
    await until('the upgrade has begun', 60, async () => (await history()).at(-1)?.revision === revision + 1)
    process.kill(-(child.pid ?? 0), 'SIGINT')
    const { exitCode, stderr } = await child
    t.equal(exitCode, 130)
    t.match(stderr, new RegExp(`Interrupted: copse is at revision ${revision + 1}, (failed|pending-upgrade); `))
    const now = await names()
    t.ok(
      before.every((name) => now.includes(name)),
      'the pods of before are there',
    )
    t.match(await deploy(['--status']), { stdout: /failed|pending-upgrade/ })
    const mended = await deploy(['--image', image])
    t.equal(mended.exitCode, 0, String(mended.stderr))
    t.match(mended.stdout, /revision \d+, deployed/)
    await until('only the right pods are there', 60, async () => (await names()).length === 2)
  })

  t.test('a release with keys is asked with one, which is shown nowhere', async (t) => {
    const line = `smoke predict sha256:${createHash('sha256').update(KEY).digest('hex')}`
    await namespace.kubectl(['create', 'secret', 'generic', 'copse-keys', `--from-literal=keys=${line}`])
    const args = ['--image', image, '--set', 'keys.existingSecret=copse-keys']
    const without = await deploy(args)
    t.equal(without.exitCode, 1)
    t.match(without.stderr, /COPSE_API_KEY must hold a key to predict with/)
    const { exitCode, stdout, stderr } = await deploy(args, { COPSE_API_KEY: KEY })
    t.equal(exitCode, 0, String(stderr))
    t.notMatch(`${stdout}${stderr}`, KEY)
    await namespace.kubectl(['delete', 'secret', 'copse-keys'])
  })

  t.test('a cluster that does not answer is said in a sentence', async (t) => {
    const { exitCode, stderr } = await deploy(['--status'], { KUBECONFIG: '/dev/null' })
    t.equal(exitCode, 1)
    t.match(stderr, /^kubectl version failed with exit status 1: .*\S/m)
  })

  t.test('--uninstall leaves nothing', async (t) => {
    const { exitCode, stdout, stderr } = await deploy(['--uninstall'])
    t.equal(exitCode, 0, String(stderr))
    t.match(stdout, /is not installed/)
    t.strictSame(await namespace.leftover(), [])
  })
})

interface Revision {
  readonly revision: number
  readonly status: string
}

interface Report {
  readonly pods: readonly { readonly ready: boolean; readonly image: string; readonly imageId: string }[]
  readonly endpoints: readonly { readonly status: number }[]
  readonly timings: Readonly<Record<string, number>>
}
