import t from 'tap'
import { readSettings } from '../src/command-line.ts'

const read = (...args: string[]) => readSettings(args, {}, '/copse')

t.test('with no arguments the chart of the checkout is deployed', async (t) => {
  t.strictSame(read(), {
    action: 'deploy',
    release: 'copse',
    namespace: 'copse',
    chart: '/copse/infra/helm/copse',
    values: [],
    set: [],
    image: undefined,
    build: false,
    buildSecret: undefined,
    load: undefined,
    timeout: 180,
    dryRun: false,
    json: false,
    apiKey: undefined,
  })
})

t.test('every flag is taken', async (t) => {
  const args = ['--release', 'forest', '--namespace', 'models', '--chart', 'c', '--values', 'a.yaml', 'b.yaml']
  const rest = ['--set', 'replicas=3', '--image', 'copse-api:7', '--timeout', '60', '--dry-run', '--json']
  t.match(readSettings([...args, ...rest], { COPSE_API_KEY: 'k' }, '/copse'), {
    release: 'forest',
    namespace: 'models',
    chart: 'c',
    values: ['a.yaml', 'b.yaml'],
    set: ['replicas=3'],
    image: 'copse-api:7',
    timeout: 60,
    dryRun: true,
    json: true,
    apiKey: 'k',
  })
})

for (const action of ['status', 'rollback', 'uninstall']) {
  t.test(`--${action} is an action of its own`, async (t) => {
    t.match(read(`--${action}`), { action })
  })
}

t.test('help is shown at 80 columns', async (t) => {
  const shown = read('--help')
  t.match(shown, { show: /Usage: deploy/ })
  t.strictSame('show' in shown && shown.show.split('\n').filter((line) => line.length > 80), [])
})

for (const [what, args, says] of [
  ['an option that there is not', ['--replicas', '3'], /unknown option '--replicas'/],
  ['two actions at once', ['--status', '--rollback'], /cannot be used with/],
  ['a name that is none', ['--release', 'Copse'], /--release must be a name of lower-case letters/],
  ['a namespace that is none', ['--namespace', '../x'], /--namespace must be a name/],
  ['a timeout that is none', ['--timeout', 'soon'], /--timeout must be a whole number of seconds/],
  ['an image without a tag', ['--image', 'copse-api'], /--image must be NAME:TAG or NAME@sha256:DIGEST/],
  ['an image that is another tomorrow', ['--image', 'copse-api:latest'], /the tag not latest/],
  ['a secret without a build', ['--build-secret', 'id=ca,src=ca'], /--build-secret is for what --build makes/],
  ['a way to load without an image', ['--load', 'kind load'], /--load is for an image that --build has made/],
  ['a word too many', ['now'], /too many arguments/],
] as const) {
  t.test(`${what} is refused in a sentence`, async (t) => {
    t.throws(() => read(...args), { code: 'DEPLOY_ERR_USAGE', message: says })
  })
}
