import { access } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { revisions, stubbed } from './stubs.ts'

t.jobs = 2

t.test('a first deployment installs, waits, asks every endpoint and reports', async (t) => {
  const deployment = await stubbed(t)
  const { exitCode, stdout, stderr } = await deployment.run(['--image', 'copse-api:1'])
  t.equal(exitCode, 0, stderr)
  const calls = await deployment.calls()
  const upgrade = calls.find((call) => call.startsWith('helm upgrade'))
  t.match(upgrade, /--install copse .*--wait --timeout 180s/)
  t.match(upgrade, /image.repository=copse-api --set-string image.tag=1/)
  for (const asked of ['GET /livez', 'GET /readyz', 'GET /health', 'GET /model/info', 'GET /openapi.json']) {
    t.ok(calls.includes(`http service/copse ${asked}`), asked)
  }
  t.equal(calls.filter((call) => call === 'http service/copse POST /predict').length, 2, 'one row, and a batch')
  t.ok(calls.includes('http service/copse POST /v2/models/iris/infer'))
  t.ok(calls.includes('http service/copse POST /invocations'))
  t.ok(calls.includes('http service/copse-metrics GET /metrics'), 'metrics by their own port')
  t.match(stdout, /revision 1, deployed/)
  t.match(stdout, /Model: iris version 4, sha256 4c643b40c608/)
  t.match(stdout, /copse-api:1, sha256:89abcdef0123/)
  t.match(stdout, /ready {5}copse-1 on node-1/)
  t.ok(stdout.split('\n').every((line) => line.length <= 80))
})

t.test('the report as JSON is all that stdout has', async (t) => {
  const deployment = await stubbed(t, { history: revisions(3) })
  const { exitCode, stdout } = await deployment.run(['--json'])
  t.equal(exitCode, 0)
  const report = JSON.parse(stdout)
  t.match(report, { release: 'copse', revision: { revision: 4 }, model: { version: '4' }, pods: [{ ready: true }] })
  t.equal(report.endpoints.length, 11)
  t.ok(report.timings.Upgrade > 0)
})

t.test('a dry run shows what would change and changes nothing', async (t) => {
  const deployment = await stubbed(t, { history: revisions(3) })
  const { exitCode, stdout } = await deployment.run(['--dry-run', '--build'])
  t.equal(exitCode, 0)
  t.match(stdout, /\+ {2}replicas: 3/)
  const calls = await deployment.calls()
  t.notOk(calls.some((call) => /^(helm (upgrade|rollback|uninstall)|docker build)/.test(call)))
})

t.test('a built image is tagged with the commit, brought to the nodes and deployed', async (t) => {
  const deployment = await stubbed(t)
  const { exitCode, stderr } = await deployment.run([
    '--build',
    '--build-secret',
    'id=ca,src=ca',
    '--load',
    'docker load-into-nodes',
  ])
  t.equal(exitCode, 0, stderr)
  const calls = await deployment.calls()
  t.match(
    calls.find((call) => call.startsWith('docker build')),
    /--secret id=ca,src=ca .*--target api .*--tag copse-api:0123456789ab \.$/,
  )
  t.ok(calls.includes('docker load-into-nodes copse-api:0123456789ab'))
  t.match(
    calls.find((call) => call.startsWith('helm upgrade')),
    /image.tag=0123456789ab/,
  )
})

t.test('--status reports and changes nothing', async (t) => {
  const deployment = await stubbed(t, { history: revisions(2) })
  const { exitCode, stdout } = await deployment.run(['--status'])
  t.equal(exitCode, 0)
  t.match(stdout, /revision 2, deployed/)
  const calls = await deployment.calls()
  t.notOk(calls.some((call) => /^helm (upgrade|rollback|uninstall)/.test(call)))
  t.notOk(
    calls.some((call) => call.startsWith('kubectl rollout')),
    'nor does it wait for what may be stuck',
  )
})

t.test('--status says that nothing is installed', async (t) => {
  const deployment = await stubbed(t)
  const { exitCode, stdout } = await deployment.run(['--status'])
  t.equal(exitCode, 0)
  t.match(stdout, /copse is not installed in namespace copse\./)
})

t.test('--rollback goes to the revision before and asks every endpoint', async (t) => {
  const deployment = await stubbed(t, { history: revisions(3) })
  const { exitCode, stdout } = await deployment.run(['--rollback'])
  t.equal(exitCode, 0)
  const calls = await deployment.calls()
  t.match(
    calls.find((call) => call.startsWith('helm rollback')),
    /^helm rollback copse 2 --namespace copse --wait/,
  )
  t.ok(calls.includes('http service/copse POST /predict'))
  t.match(stdout, /revision 4, deployed/)
})

t.test('--rollback of what has no revision before says so', async (t) => {
  const deployment = await stubbed(t, { history: revisions(1) })
  const { exitCode, stderr } = await deployment.run(['--rollback'])
  t.equal(exitCode, 1)
  t.match(stderr, /copse has no revision to go back to\./)
})

t.test('--uninstall removes the release', async (t) => {
  const deployment = await stubbed(t, { history: revisions(3) })
  const { exitCode, stdout } = await deployment.run(['--uninstall'])
  t.equal(exitCode, 0)
  t.match(stdout, /copse is not installed in namespace copse\./)
  t.ok((await deployment.calls()).some((call) => call.startsWith('helm uninstall copse')))
})

t.test('a --rollback that helm refuses has the exit status of what is not back', async (t) => {
  const deployment = await stubbed(t, { fail: 'helm rollback', says: 'no such thing', history: revisions(3) })
  const { exitCode, stderr } = await deployment.run(['--rollback'])
  t.equal(exitCode, 3)
  t.match(stderr, /helm rollback failed with exit status 1: no such thing/)
})

t.test('so has one to a revision that does not answer, and stays there', async (t) => {
  const deployment = await stubbed(t, { predicts: 'virginica', history: revisions(3) })
  const { exitCode, stderr } = await deployment.run(['--rollback'])
  t.equal(exitCode, 3)
  t.match(stderr, /another answer than the known one.*\ncopse stays at the revision that it went back to\./)
  t.equal((await deployment.calls()).filter((call) => call.startsWith('helm rollback')).length, 1)
})

t.test('an --uninstall that helm refuses says how to go on', async (t) => {
  const deployment = await stubbed(t, { fail: 'helm uninstall', says: 'no such thing', history: revisions(3) })
  const { exitCode, stderr } = await deployment.run(['--uninstall'])
  t.equal(exitCode, 3)
  t.match(stderr, /helm uninstall failed .*: no such thing\n--uninstall again removes what is left\./)
})

t.test('--uninstall of what is not there says so', async (t) => {
  const { exitCode, stderr } = await (await stubbed(t)).run(['--uninstall'])
  t.equal(exitCode, 1)
  t.match(stderr, /copse is not installed in namespace copse\./)
})

for (const tool of ['helm', 'kubectl']) {
  t.test(`without ${tool} nothing begins`, async (t) => {
    const deployment = await stubbed(t, { absent: [tool] })
    const { exitCode, stderr } = await deployment.run([])
    t.equal(exitCode, 1)
    t.match(stderr, `${tool} is not on PATH; it is needed to deploy.`)
  })
}

t.test('Helm 3 is refused', async (t) => {
  const { exitCode, stderr } = await (await stubbed(t, { helm: 'v3.21.4' })).run([])
  t.equal(exitCode, 1)
  t.match(stderr, /helm is v3\.21\.4; 4 or later is needed\./)
})

t.test('a cluster that does not let us deploy is left alone', async (t) => {
  const deployment = await stubbed(t, { forbidden: true })
  const { exitCode, stderr } = await deployment.run([])
  t.equal(exitCode, 1)
  t.match(stderr, /does not let this user deploy to the namespace copse/)
  t.notOk((await deployment.calls()).some((call) => call.startsWith('helm list')))
})

for (const [step, fail, args] of [
  ['helm does not run', 'helm version', []],
  ['the cluster does not answer', 'kubectl version --request', []],
  ['the release cannot be looked at', 'helm list', []],
  ['its history cannot be read', 'helm history', []],
  ['docker does not answer', 'docker version', ['--build']],
  ['the commit cannot be told', 'git rev-parse', ['--build']],
  ['the image does not build', 'docker build', ['--build']],
  ['the image cannot be pushed', 'docker push', ['--build']],
  ['the chart does not render', 'helm template', []],
] as const) {
  t.test(`when ${step}, the cluster is as it was`, async (t) => {
    const deployment = await stubbed(t, { fail, says: 'no such thing', history: revisions(2) })
    const { exitCode, stderr } = await deployment.run([...args])
    t.equal(exitCode, 1)
    t.match(stderr, /failed with exit status 1: no such thing/)
    t.notOk((await deployment.calls()).some((call) => /^helm (upgrade|rollback|uninstall)/.test(call)))
  })
}

t.test('when what would change cannot be told, the cluster is as it was', async (t) => {
  // 1 is kubectl's way to say that something would.
  const deployment = await stubbed(t, { fail: 'kubectl diff', status: 2, history: revisions(2) })
  const { exitCode, stderr } = await deployment.run([])
  t.equal(exitCode, 1)
  t.match(stderr, /kubectl diff failed with exit status 2: it broke/)
  t.notOk((await deployment.calls()).some((call) => call.startsWith('helm upgrade')))
})

t.test('when the upgrade fails, events and logs say why, and the revision before is brought back', async (t) => {
  const deployment = await stubbed(t, {
    fail: 'helm upgrade',
    failedRevision: true,
    says: 'context deadline exceeded',
    history: revisions(2),
  })
  const { exitCode, stderr } = await deployment.run([])
  t.equal(exitCode, 1)
  t.match(stderr, /helm upgrade failed with exit status 1: context deadline exceeded/)
  t.match(stderr, /back-off pulling image/)
  t.match(stderr, /Revision 2 is back\./)
  const calls = await deployment.calls()
  const back = calls.indexOf('helm rollback copse 2 --namespace copse --wait --timeout 180s')
  t.ok(back > calls.findIndex((call) => call.startsWith('kubectl logs')), 'after its pods have been asked')
})

t.test('a first installation that fails is removed again', async (t) => {
  const deployment = await stubbed(t, { fail: 'helm upgrade', failedRevision: true })
  const { exitCode, stderr } = await deployment.run([])
  t.equal(exitCode, 1)
  t.match(stderr, /The release was removed again\./)
  t.ok((await deployment.calls()).some((call) => call.startsWith('helm uninstall copse')))
})

t.test('an upgrade that helm refuses has changed nothing', async (t) => {
  const deployment = await stubbed(t, {
    fail: 'helm upgrade',
    says: 'values do not meet the schema',
    history: revisions(2),
  })
  const { exitCode, stderr } = await deployment.run([])
  t.equal(exitCode, 1)
  t.match(stderr, /values do not meet the schema\nNothing was changed\./)
  t.notOk((await deployment.calls()).some((call) => /^helm (rollback|uninstall)/.test(call)))
})

for (const [what, scenario, says] of [
  ['the rollout does not end', { fail: 'kubectl rollout', says: 'timed out' }, /kubectl rollout failed .*timed out/],
  ['the release has no Service', { fail: 'kubectl get services' }, /kubectl get failed/],
  [
    'the tunnel does not open',
    { fail: 'kubectl port-forward', says: 'no pod' },
    /port-forward to copse did not open: no pod/,
  ],
  ['a prediction is wrong', { predicts: 'virginica' }, /POST \/predict gave another answer than the known one/],
  ['its values cannot be read', { fail: 'helm get values' }, /helm get failed/],
  ['its pods cannot be told', { fail: 'kubectl get pods', afterUpgrade: true }, /kubectl get failed/],
] as const) {
  t.test(`when ${what}, the revision before is brought back`, async (t) => {
    const deployment = await stubbed(t, { ...scenario, history: revisions(2) })
    const { exitCode, stderr } = await deployment.run([])
    t.equal(exitCode, 1)
    t.match(stderr, says)
    t.match(stderr, /Revision 2 is back\./)
    t.ok((await deployment.calls()).some((call) => call.startsWith('helm rollback copse 2')))
  })
}

t.test('an endpoint that does not answer 200 brings the revision before back', { timeout: 60_000 }, async (t) => {
  const deployment = await stubbed(t, { broken: '/model/info', history: revisions(2) })
  const { exitCode, stderr } = await deployment.run([])
  t.equal(exitCode, 1)
  t.match(stderr, /GET \/model\/info answered 503; 200 was expected\./)
  t.match(stderr, /Revision 2 is back\./)
})

t.test('a first deployment that fails its verification is removed again', async (t) => {
  const deployment = await stubbed(t, { predicts: 'virginica' })
  const { exitCode, stderr } = await deployment.run([])
  t.equal(exitCode, 1)
  t.match(stderr, /The release was removed again\./)
  t.ok((await deployment.calls()).some((call) => call.startsWith('helm uninstall copse')))
})

t.test('a rollback that fails too has an exit status of its own', async (t) => {
  const deployment = await stubbed(t, { predicts: 'virginica', fail: 'helm rollback', history: revisions(2) })
  const { exitCode, stderr } = await deployment.run([])
  t.equal(exitCode, 3)
  t.match(stderr, /Going back failed too: helm rollback failed/)
})

t.test('a revision that cannot be looked at after the upgrade is not said to be back', async (t) => {
  const deployment = await stubbed(t, { fail: 'helm list', afterUpgrade: true, history: revisions(2) })
  const { exitCode, stderr } = await deployment.run([])
  t.equal(exitCode, 3)
  t.match(stderr, /helm list failed .*\nGoing back failed too: helm list failed/)
})

t.test('what an interrupted helm left pending is undone first', async (t) => {
  const deployment = await stubbed(t, { history: revisions(3, 'pending-upgrade') })
  const { exitCode } = await deployment.run([])
  t.equal(exitCode, 0)
  const calls = (await deployment.calls()).filter((call) => /^helm (rollback|upgrade)/.test(call))
  t.match(calls[0], /^helm rollback copse 2/)
  t.match(calls[1], /^helm upgrade/)
})

t.test('Ctrl-C ends the tools and states the condition', { skip: process.platform === 'win32' }, async (t) => {
  const deployment = await stubbed(t, { hang: 'helm upgrade', pendingOnHang: true, history: revisions(2) })
  const child = deployment.start([])
  for (;;) {
    if (
      await access(join(deployment.directory, 'hanging')).then(
        () => true,
        () => false,
      )
    )
      break
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  child.kill('SIGINT')
  const { exitCode, stderr } = await child.ended
  t.equal(exitCode, 130)
  t.match(stderr, /Interrupted: copse is at revision 3, pending-upgrade; the next deployment undoes it first/)
})

t.test('a release with keys is asked with one', async (t) => {
  const without = await stubbed(t, { key: 'secret', history: revisions(1) })
  const refused = await without.run([])
  t.equal(refused.exitCode, 1)
  t.match(refused.stderr, /COPSE_API_KEY must hold a key to predict with/)
  const deployment = await stubbed(t, { key: 'secret', history: revisions(1) })
  const { exitCode, stdout, stderr } = await deployment.run([], { COPSE_API_KEY: 'secret' })
  t.equal(exitCode, 0, stderr)
  t.notMatch(`${stdout}${stderr}${(await deployment.calls()).join()}`, 'secret', 'and it is shown nowhere')
})
