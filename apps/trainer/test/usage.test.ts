import { execFileSync } from 'node:child_process'
import type { Signature } from '@copse/model'
import fc from 'fast-check'
import t from 'tap'
import { quote, usage } from '../src/usage.ts'

const signature: Signature = {
  features: [
    { name: 'size', type: 'number', missing: true, min: 1, max: 9 },
    { name: 'cut', type: 'category', missing: false, levels: ["it's"] },
  ],
  target: { name: 'price', type: 'number' },
}
const local = { reference: 'models:/gems@champion', home: undefined, trackingUri: undefined }

t.test('the serve command names the model, the store and the server it needs', async (t) => {
  t.match(usage(local, signature, [1, "it's"]), '  COPSE_MODEL=models:/gems@champion npx --yes pnpm@12 serve\n')
  t.match(usage(local, signature, [1, "it's"]), '  npx --yes pnpm@12 serve --model models:/gems@champion\n')
  const elsewhere = { reference: 'models:/gems/3', home: 'my store', trackingUri: 'http://host:5000' }
  t.match(
    usage(elsewhere, signature, [1, "it's"]),
    "  MLFLOW_TRACKING_URI=http://host:5000 \\\n  COPSE_HOME='my store' \\\n  COPSE_MODEL=models:/gems/3 \\\n  npx ",
  )
})

const needsShell = process.platform === 'win32' ? { skip: 'there is no POSIX shell' } : {}

t.test('the curl command carries a row that the shell leaves as it is', needsShell, async (t) => {
  const text = usage(local, signature, [null, "it's"])
  const command = text.slice(text.indexOf('curl '), text.indexOf('The same in TypeScript'))
  const echoed = execFileSync('sh', ['-c', command.replace('curl -s', "printf '%s\\n'")])
    .toString()
    .split('\n')
  t.strictSame(JSON.parse(echoed.at(-2)!), { features: { size: null, cut: "it's" } })
})

t.test('the TypeScript sends the same', async (t) => {
  const text = usage(local, signature, [2.5, "it's"])
  const code = text.slice(text.indexOf('const response'))
  const sent: unknown[] = []
  const fetch = async (url: string, { body }: { body: string }) => {
    sent.push(url, JSON.parse(body))
    return { json: async () => ({}) }
  }
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor
  await AsyncFunction('fetch', 'console', code)(fetch, { log: () => {} })
  t.strictSame(sent, ['http://127.0.0.1:3000/predict', { features: { size: 2.5, cut: "it's" } }])
})

t.test('any text survives the shell', needsShell, async (t) => {
  const texts = fc.sample(
    fc.string().map((text) => text.replaceAll('\0', '')),
    40,
  )
  const words = texts.map(quote).join(' ')
  t.equal(execFileSync('sh', ['-c', `printf '%s\\0' ${words}`]).toString(), texts.map((text) => `${text}\0`).join(''))
})
