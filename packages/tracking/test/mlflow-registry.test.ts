import { hash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { openTracking, resolveModel, type TrackingOptions } from '../src/index.ts'
import { bundleFiles, bundleSum } from './bundle-files.ts'
import { fakeServer, type Reply } from './fake-server.ts'

type Tap = Pick<typeof t, 'testdir' | 'teardown'>

const ARTIFACTS = '/api/2.0/mlflow-artifacts/artifacts'
const version = (number: string, more: object = {}) => ({
  name: 'iris',
  version: number,
  source: `models:/m-${number}`,
  ...(number === '2' && { aliases: ['champion'] }),
  run_id: 'r1',
  creation_timestamp: 1000,
  tags: [{ key: 'copse.bundle_sha256', value: bundleSum() }],
  ...more,
})
const UNKNOWN_ALIAS = {
  status: 400,
  text: '{"error_code":"INVALID_PARAMETER_VALUE","message":"Registered model alias x not found."}',
}
const file = (path: unknown, more: object = {}) => ({ path, is_dir: false, file_size: 2, ...more })
const LISTING = { files: Object.keys(bundleFiles()).map((name) => file(name)) }

/** Replies by path without query; a bundle lies at mlflow-artifacts:/m. */
async function registryOf(t: Tap, replies: Record<string, Reply> = {}, options: TrackingOptions = {}) {
  const all: Record<string, Reply> = {
    'model-versions/get-download-uri': { artifact_uri: 'mlflow-artifacts:/m' },
    'model-versions/get': { model_version: version('2') },
    'registered-models/alias': { model_version: version('2') },
    [ARTIFACTS]: LISTING,
    ...Object.fromEntries(
      Object.entries(bundleFiles()).map(([name, text]) => [`${ARTIFACTS}/m/${name}`, { type: 'text/plain', text }]),
    ),
    ...replies,
  }
  const fake = await fakeServer(t, ({ path }) => all[decodeURIComponent(path.split('?')[0]!)])
  const directory = t.testdir()
  const tracking = await openTracking({
    home: join(directory, 'home'),
    uri: fake.uri,
    retries: 0,
    timeoutMs: 2000,
    ...options,
  })
  return { ...fake, tracking, registry: tracking.registry, directory, target: join(directory, 'target') }
}

t.test('a version as MLflow tells it', async (t) => {
  const { registry } = await registryOf(t)
  const expected = {
    name: 'iris',
    version: '2',
    aliases: ['champion'],
    runId: 'r1',
    modelId: undefined,
    source: 'models:/m-2',
    tags: { 'copse.bundle_sha256': bundleSum() },
    createdAt: 1000,
  }
  t.match(await registry.get('iris', { alias: 'champion' }), { ...expected, modelId: 'm-2' })
  t.match(await registry.get('iris', { version: '2' }), { ...expected, modelId: 'm-2' })
})

t.test('absent is undefined, everything else is an error', async (t) => {
  const none = await registryOf(t, {
    'registered-models/alias': undefined,
    'model-versions/get': undefined,
    'model-versions/search': {},
  })
  t.equal(await none.registry.get('iris', { alias: 'x' }), undefined, 'no such model')
  t.equal(await none.registry.get('iris', { version: '1' }), undefined)
  t.same(await none.registry.versions('iris'), [])
  const alias = await registryOf(t, { 'registered-models/alias': UNKNOWN_ALIAS, 'model-versions/get': UNKNOWN_ALIAS })
  t.equal(await alias.registry.get('iris', { alias: 'x' }), undefined, 'no such alias')
  await t.rejects(alias.registry.get('iris', { version: '1' }), { code: 'TRACKING_ERR_HTTP', status: 400 })
  for (const [reply, code] of [
    [{ status: 404, type: 'text/html', text: 'Not Found' }, 'TRACKING_ERR_HTTP'],
    [{ status: 500, text: '' }, 'TRACKING_ERR_HTTP'],
    [{ status: 403, text: '' }, 'TRACKING_ERR_HTTP'],
    [{ status: 503, text: '' }, 'TRACKING_ERR_UNREACHABLE'],
    [{ status: 200, text: '' }, 'TRACKING_ERR_HTTP'],
    [{ status: 200, type: 'text/html', text: '<p>Sign in' }, 'TRACKING_ERR_HTTP'],
    [{ model_version: { name: 'iris', version: '../../x' } }, 'TRACKING_ERR_VALUE'],
  ] as [Reply, string][]) {
    const { registry } = await registryOf(t, { 'registered-models/alias': reply })
    await t.rejects(registry.get('iris', { alias: 'x' }), { code }, JSON.stringify(reply))
  }
})

t.test('versions come in pages and in order', async (t) => {
  const pages: Record<string, Reply> = {
    '': { model_versions: [version('10'), version('9')], next_page_token: 'more' },
    more: { model_versions: [version('2')] },
  }
  const fake = await fakeServer(t, ({ path }) => {
    const query = new URLSearchParams(path.split('?')[1])
    if (path.startsWith('registered-models/get'))
      return { registered_model: { aliases: [{ alias: 'a', version: '9' }] } }
    return query.get('filter') === `name='my model'` ? pages[query.get('page_token') ?? ''] : undefined
  })
  const { registry } = await openTracking({ home: t.testdir(), uri: fake.uri })
  t.match(await registry.versions('my model'), [{ version: '2' }, { version: '9', aliases: ['a'] }, { version: '10' }])
})

t.test('what a change asks for is named when it is missing', async (t) => {
  const { registry, received } = await registryOf(t, {
    'registered-models/alias': undefined,
    'model-versions/set-tag': undefined,
    'model-versions/get-download-uri': undefined,
  })
  const missing = { code: 'TRACKING_ERR_NOT_FOUND', status: 404, message: 'There is no version 7 of model "iris"' }
  await t.rejects(registry.setAlias('iris', 'a', '7'), missing)
  await t.rejects(registry.setTag('iris', '7', 'a', 'b'), missing)
  await t.rejects(
    registry.download({ name: 'iris', version: '7', tags: {} } as never, join(t.testdirName, 'x')),
    missing,
  )
  await registry.deleteAlias('iris', 'a')
  t.equal(received.length, 4)
  await t.rejects(registry.setAlias('iris', 'v1', '7'), { code: 'TRACKING_ERR_VALUE' })
  t.equal(received.length, 4, 'and what is not a name is not asked for')
})

t.test('a download is whole and checked', async (t) => {
  const { registry, tracking, target, directory } = await registryOf(t)
  const found = (await registry.get('iris', { alias: 'champion' }))!
  await registry.download(found, target)
  t.same((await readdir(target)).sort(), ['SHA256SUMS', 'forest.copse', 'golden.json'])
  t.equal(await readFile(join(target, 'forest.copse'), 'utf8'), 'trees')
  await t.rejects(registry.download(found, target), { code: 'TRACKING_ERR_PATH' })
  const resolved = await resolveModel(tracking, 'models:/iris@champion', { cache: join(directory, 'cache') })
  t.match(resolved, { stale: false, version: { version: '2' } })
})

t.test('folders are walked', async (t) => {
  const fake = await fakeServer(t, ({ path }) => {
    const [route, query] = path.split('?')
    if (path.startsWith('model-versions')) return { artifact_uri: 'runs:/r1/model' }
    if (path.startsWith('runs/get'))
      return { run: { info: { artifact_uri: 'mlflow-artifacts://host:5000/1/r1/artifacts' } } }
    const listed = new URLSearchParams(query).get('path')
    if (listed === '1/r1/artifacts/model')
      return { files: [file('a b.txt'), { path: 'deep', is_dir: true }, file('empty', { file_size: undefined })] }
    if (listed === '1/r1/artifacts/model/deep') return { files: [file('c.txt')] }
    return { type: 'text/plain', text: route!.endsWith('empty') ? '' : decodeURIComponent(route!.split('/').at(-1)!) }
  })
  const directory = t.testdir()
  const { registry } = await openTracking({ home: join(directory, 'home'), uri: fake.uri })
  const target = join(directory, 'target')
  await registry.download({ name: 'iris', version: '1', tags: {} } as never, target)
  t.same((await readdir(target, { recursive: true })).sort(), ['a b.txt', 'deep', join('deep', 'c.txt'), 'empty'])
  t.equal(await readFile(join(target, 'deep', 'c.txt'), 'utf8'), 'c.txt')
})

t.test('a bad download leaves nothing', async (t) => {
  const name = 'forest.copse'
  const sums = { type: 'text/plain', text: `${hash('sha256', 'x')}  ../../etc/x\n` }
  const endless: Reply = (response) => {
    response.writeHead(200)
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(1 << 16)));
      response.once('drain', more)
    }
    more()
  }
  const table: [string, Record<string, Reply>, { code: string }][] = [
    ['another file', { [`${ARTIFACTS}/m/${name}`]: { text: 'treez' } }, { code: 'TRACKING_ERR_CHECKSUM' }],
    [
      'a file that is not listed',
      { [ARTIFACTS]: { files: LISTING.files.slice(1) } },
      { code: 'TRACKING_ERR_CHECKSUM' },
    ],
    [
      'other sums than the tag',
      {
        'model-versions/get': {
          model_version: version('2', { tags: [{ key: 'copse.bundle_sha256', value: 'a'.repeat(64) }] }),
        },
      },
      { code: 'TRACKING_ERR_CHECKSUM' },
    ],
    [
      'sums that lead out',
      { [`${ARTIFACTS}/m/SHA256SUMS`]: sums, 'model-versions/get': { model_version: version('2', { tags: [] }) } },
      { code: 'TRACKING_ERR_PATH' },
    ],
    ...['../x', '..', '/etc/passwd', 'a/b', 'a\\b', '', 5, null].map(
      (path): [string, Record<string, Reply>, { code: string }] => [
        `a listed name ${path}`,
        { [ARTIFACTS]: { files: [file(path)] } },
        { code: 'TRACKING_ERR_PATH' },
      ],
    ),
    ['an empty listing', { [ARTIFACTS]: {} }, { code: 'TRACKING_ERR_NOT_FOUND' }],
    [
      'folders without end',
      { [ARTIFACTS]: { files: [{ path: 'd', is_dir: true }] } },
      { code: 'TRACKING_ERR_TOO_LARGE' },
    ],
    [
      'a list without end',
      { [ARTIFACTS]: { files: Array.from({ length: 10_001 }, () => file('a')) } },
      { code: 'TRACKING_ERR_TOO_LARGE' },
    ],
    [
      'more bytes than allowed, as listed',
      { [ARTIFACTS]: { files: [file(name, { file_size: 1e9 })] } },
      { code: 'TRACKING_ERR_TOO_LARGE' },
    ],
    ['more bytes than allowed, as sent', { [`${ARTIFACTS}/m/${name}`]: endless }, { code: 'TRACKING_ERR_TOO_LARGE' }],
    [
      'a place that is no artifact store',
      { 'model-versions/get-download-uri': { artifact_uri: '/etc' } },
      { code: 'TRACKING_ERR_ARTIFACT_STORE' },
    ],
    [
      'a place that leads out',
      { 'model-versions/get-download-uri': { artifact_uri: 'mlflow-artifacts:/a/../../b' } },
      { code: 'TRACKING_ERR_PATH' },
    ],
    [
      'a redirect',
      { [`${ARTIFACTS}/m/${name}`]: { status: 302, headers: { location: 'http://127.0.0.1:1/' } } },
      { code: 'TRACKING_ERR_HTTP' },
    ],
    [
      'a file cut short',
      {
        [`${ARTIFACTS}/m/${name}`]: (response) => {
          response.writeHead(200, { 'content-length': '5' })
          response.write('tr')
          setTimeout(() => response.socket!.destroy(), 10)
        },
      },
      { code: 'TRACKING_ERR_UNREACHABLE' },
    ],
  ]
  for (const [what, replies, expected] of table) {
    const { registry, target, directory } = await registryOf(t, replies, { maxDownloadBytes: 1_000_000 })
    const found = (await registry.get('iris', { version: '2' }))!
    await t.rejects(registry.download(found, target), expected, what)
    t.same(await readdir(directory), ['home'], 'nothing is left')
  }
})
