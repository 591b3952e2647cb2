import t from 'tap'
import { Client } from '../src/client.ts'
import { gone, serve } from './service.ts'

t.test('an answer is its status and its JSON', async (t) => {
  const client = new Client(await serve(t))
  t.match(await client.get('health'), { status: 200, json: { status: 'ok' } })
  t.match(await client.post('predict', { features: [] }), { status: 400, json: { code: 'API_ERR_VALUE' } })
})

t.test('a body that is not JSON, or not said to be, is none', async (t) => {
  const url = await serve(t, { twist: () => ({ status: 200, text: '<html>' }) })
  t.strictSame(await new Client(url).get('health'), { status: 200, json: undefined })
})

t.test('a path before the service is kept, a key is sent', async (t) => {
  const seen: unknown[] = []
  const url = await serve(t, {
    twist: ({ path, key }) => {
      seen.push([path, key])
      return undefined
    },
  })
  await new Client(new URL('forest/', url), 'secret').get('health')
  await new Client(url).get('health')
  t.strictSame(seen, [
    ['/forest/health', 'Bearer secret'],
    ['/health', undefined],
  ])
})

t.test('nobody there is told with the address and the reason', async (t) => {
  const url = await gone()
  await t.rejects(new Client(url).get('health'), {
    code: 'DEMO_ERR_UNREACHABLE',
    message: `Nothing answers at ${url.origin} (ECONNREFUSED); start the service with "pnpm start", or say with --url where it is.`,
  })
})
