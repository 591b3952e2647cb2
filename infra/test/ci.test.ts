import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'

const CI = join(import.meta.dirname, '..', 'ci')
const DIGEST = `sha256:${'ab'.repeat(32)}`
const IMAGE = `images.example.com/copse-api@${DIGEST}`
const INSTALL = 'npx --yes pnpm@12 install --frozen-lockfile'

/** Records its call; fails where FAIL begins it; makes and says what the scripts go on with. */
const STUB = `#!/bin/bash
call="$(basename "$0") $*"
echo "$call" >>"$CALLS"
if [[ -n $FAIL && $call == "$FAIL"* ]]; then echo 'it broke' >&2; exit 1; fi
case $call in
  'helm package'*) touch "\${@: -1}/$(basename "$2")-$4.tgz" ;;
  'curl'*) echo '{"value":"a-token"}' ;;
  *'licenses list'*) echo '{}' ;;
esac
`

interface Ran {
  readonly status: number | null
  readonly stderr: string
  /** Calls of the stub programs, in order, with the names of temporary files left out. */
  readonly calls: readonly string[]
  /** Files that the script left in the folder for temporary ones. */
  readonly left: readonly string[]
}

/** Runs a script of a checkout that holds no more than the scripts, with stub programs before those of the machine. */
function run(t: Test, script: string, args: readonly string[], stubs: readonly string[], env: Env = {}): Ran {
  const root = t.testdir({ bin: {}, infra: { ci: {} }, tmp: {} })
  const temporary = join(root, 'tmp')
  cpSync(CI, join(root, 'infra', 'ci'), { recursive: true })
  for (const file of [...stubs.map((name) => join('bin', name)), 'deploy.sh']) {
    writeFileSync(join(root, file), STUB)
    chmodSync(join(root, file), 0o755)
  }
  const calls = join(root, 'calls')
  const { status, stderr } = spawnSync('bash', [join(root, 'infra', 'ci', script), ...args], {
    encoding: 'utf8',
    env: {
      PATH: `${join(root, 'bin')}:${dirname(process.execPath)}:/usr/bin:/bin`,
      TMPDIR: temporary,
      CALLS: calls,
      FAIL: '',
      ...env,
    },
  })
  const text = existsSync(calls) ? readFileSync(calls, 'utf8') : ''
  const lines = text
    .trimEnd()
    .replaceAll(new RegExp(`${temporary}/[^\\s/]*`, 'g'), 'TMP')
    .split('\n')
  return { status, stderr, calls: text === '' ? [] : lines, left: readdirSync(temporary) }
}

type Env = Readonly<Record<string, string>>

interface Script {
  readonly args: readonly string[]
  readonly env?: Env
  readonly stubs: readonly string[]
  /** What it calls, in this order. */
  readonly calls: readonly string[]
}

const SCRIPTS: Readonly<Record<string, Script>> = {
  'image.sh': {
    args: ['scan'],
    stubs: ['npx'],
    calls: [INSTALL, 'npx --yes pnpm@12 build:images --version scan api'],
  },
  'packages.sh': { args: ['22'], stubs: ['npx', 'node'], calls: [INSTALL, 'node scripts/test-package.ts 22'] },
  'publish-packages.sh': {
    args: ['--dry-run'],
    stubs: ['npx'],
    calls: [
      INSTALL,
      'npx --yes pnpm@12 build',
      'npx --yes pnpm@12 --recursive --filter ./packages/* publish --access public --no-git-checks --provenance --dry-run',
    ],
  },
  'publish-charts.sh': {
    args: ['0.2.0', 'oci://images.example.com/charts'],
    stubs: ['helm'],
    calls: [
      'helm package helm/copse --version 0.2.0 --app-version 0.2.0 --destination TMP',
      'helm package helm/mlflow --version 0.2.0 --destination TMP',
      'helm push TMP/copse-0.2.0.tgz oci://images.example.com/charts',
      'helm push TMP/mlflow-0.2.0.tgz oci://images.example.com/charts',
    ],
  },
  'sign-images.sh': {
    args: ['https://example.com/release.yml@v1', IMAGE],
    stubs: ['cosign'],
    calls: [
      `cosign sign --yes ${IMAGE}`,
      'cosign verify --certificate-identity https://example.com/release.yml@v1' +
        ` --certificate-oidc-issuer https://token.actions.githubusercontent.com ${IMAGE}`,
    ],
  },
  'deploy.sh': {
    args: [IMAGE],
    stubs: ['curl', 'kubectl'],
    env: {
      CLUSTER_SERVER: 'https://cluster.example.com',
      CLUSTER_CA: 'Y2E=',
      COPSE_VALUES: 'values.yaml',
      ACTIONS_ID_TOKEN_REQUEST_URL: 'https://token.example.com/?v=1',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'a-request',
    },
    calls: [
      'curl --fail --silent --show-error --header Authorization: bearer a-request' +
        ' https://token.example.com/?v=1&audience=https://cluster.example.com',
      'kubectl config set-cluster target --server=https://cluster.example.com --certificate-authority=TMP --embed-certs=true',
      'kubectl config set-credentials workflow --token=a-token',
      'kubectl config set-context target --cluster=target --user=workflow',
      'kubectl config use-context target',
      `deploy.sh --image ${IMAGE} --values values.yaml`,
    ],
  },
}

for (const [script, { args, stubs, calls, env }] of Object.entries(SCRIPTS)) {
  t.test(`${script} does what its workflow wants of it`, async (t) => {
    const ran = run(t, script, args, stubs, env)
    t.equal(ran.status, 0, ran.stderr)
    t.strictSame(ran.calls, calls)
    t.strictSame(ran.left, [], 'no temporary file is left')
  })

  for (const [i, call] of calls.entries()) {
    const [program = ''] = call.split('TMP')
    t.test(`${script} ends where ${call.slice(0, 60)} fails`, async (t) => {
      const ran = run(t, script, args, stubs, { ...env, FAIL: program })
      t.not(ran.status, 0)
      const ended = calls.findIndex((known) => known.startsWith(program))
      t.strictSame(ran.calls, calls.slice(0, Math.min(i, ended) + 1))
    })
  }
}

t.test('audit.sh holds advisories and licences against what is allowed, and fails with either', async (t) => {
  const licenses = 'npx --yes pnpm@12 licenses list --prod --json'
  const asked = [INSTALL, 'npx --yes pnpm@12 audit --prod --audit-level high', licenses]
  const ran = run(t, 'audit.sh', [], ['npx'])
  t.equal(ran.status, 0, ran.stderr)
  t.strictSame(ran.calls, asked)
  for (const FAIL of asked) t.not(run(t, 'audit.sh', [], ['npx'], { FAIL }).status, 0, FAIL)
})

t.test('kind.sh runs every suite on a cluster that is gone at the end, and tells when one fails', async (t) => {
  const stubs = ['npx', 'node', 'kind', 'prometheus-alertmanager']
  const suites = ['test:image', 'test:compose', 'test:alerts', 'test:cluster', 'test:deploy']
  const calls = [
    INSTALL,
    'kind create cluster --name copse --config infra/ci/kind.yaml --wait 2m',
    'node infra/compose/pin.ts',
    ...suites.map((suite) => `npx --yes pnpm@12 ${suite}`),
    'kind delete cluster --name copse',
  ]
  const ran = run(t, 'kind.sh', [], stubs)
  t.equal(ran.status, 0, ran.stderr)
  t.strictSame(ran.calls, calls)
  for (const FAIL of calls.slice(2, -1)) {
    const broken = run(t, 'kind.sh', [], stubs, { FAIL })
    t.equal(broken.status, 1, FAIL)
    t.strictSame(broken.calls, calls, 'the others are run')
  }
  t.strictSame(run(t, 'kind.sh', [], stubs, { FAIL: 'kind create' }).calls, calls.slice(0, 2))
})

for (const [script, args] of [
  ['deploy.sh', ['copse-api:1']],
  ['sign-images.sh', ['https://example.com/', 'copse-api:1']],
] as const) {
  t.test(`${script} takes no image by tag`, async (t) => {
    const ran = run(t, script, args, ['curl', 'kubectl', 'cosign'])
    t.not(ran.status, 0)
    t.match(ran.stderr, /copse-api:1 must be named by digest/)
    t.strictSame(ran.calls, [])
  })
}
