import { execFileSync } from 'node:child_process'
import t from 'tap'
import { ApiError } from '../src/errors.ts'
import { readBundle } from '../src/model/bundle.ts'
import { type Origin, ServedModel } from '../src/model/served.ts'
import { waiting, welcome } from '../src/welcome.ts'
import { ORIGIN } from './app.ts'
import { type Files, forest, golden, IRIS, irisFiles, mixedFiles, writeBundle } from './bundle.ts'

async function served(directory: string, files: Files, origin: Partial<Origin> = {}) {
  return new ServedModel({ ...ORIGIN, ...origin }, await readBundle(writeBundle(directory, files)))
}

t.test('says what is served, where, and what to try', async (t) => {
  const model = await served(t.testdir(), irisFiles())
  const lines = welcome('http://127.0.0.1:3000', 'http://127.0.0.1:9100', model).split('\n')
  t.equal(
    lines[0],
    `Copse serves iris version 1 (sha256 ${model.bundle.sha256.slice(0, 12)}, accuracy 0.967, 2 trees) at http://127.0.0.1:3000`,
  )
  t.equal(
    lines[2],
    `  curl -s http://127.0.0.1:3000/predict -H 'content-type: application/json' -d '{"features":[5.1,3.5,1.4,0.2]}'`,
  )
  t.match(lines[4], /Docs: http:\/\/127\.0\.0\.1:3000\/docs .*Metrics: http:\/\/127\.0\.0\.1:9100\/metrics/)
})

t.test('says when the registry does not answer', async (t) => {
  const model = await served(t.testdir(), irisFiles(), { stale: true })
  t.match(
    welcome('', '', model).split('\n')[0],
    /, 2 trees, the last version that the registry gave: it does not answer\)/,
  )
})

t.test('takes the score that there is', async (t) => {
  const directory = t.testdir()
  const first = (model: ServedModel) => welcome('', '', model).split('\n')[0]
  t.match(first(await served(directory, irisFiles(), { tags: {} })), /, out-of-bag accuracy 0\.953, /)
  t.match(first(await served(directory, mixedFiles(), { tags: {} })), /, out-of-bag R2 0\.953, /)
  t.match(first(await served(directory, mixedFiles(), { tags: { 'copse.rmse': '12.3456' } })), /, RMSE 12\.346, /)
})

t.test('the curl command survives a shell', async (t) => {
  const features = [{ name: 'q', type: 'category', missing: false, levels: [`it's "$HOME" \`x\``, 'b'] }] as const
  const odd = forest({ ...IRIS, features }, [{ shares: [1, 0, 0] }])
  const model = await served(t.testdir(), { 'forest.copse': odd.data, 'golden.json': golden(odd, [[0]]) })
  const command = welcome('http://x', 'http://x', model).split('\n')[2]!
  const body = execFileSync('sh', [
    '-c',
    command.replace('  curl', 'for last; do :; done; set --').concat('; eval echo; printf %s "$6"'),
  ])
  t.strictSame(JSON.parse(body.toString().trim()), { features: [`it's "$HOME" \`x\``] })
})

t.test('says why nothing is served yet', async (t) => {
  t.equal(
    waiting('http://127.0.0.1:3000', new ApiError('API_ERR_REGISTRY', 'http://mlflow:5000 does not answer.'), 10_000),
    'Copse listens at http://127.0.0.1:3000 without a model and asks again every 10 s. http://mlflow:5000 does not answer.\n',
  )
})
