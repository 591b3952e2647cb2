import t from 'tap'
import { Client, type KeyStore } from '../src/client.ts'
import { Refusal, Unreachable } from '../src/errors.ts'

function store(): KeyStore {
  const kept = new Map<string, string>()
  return {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, value),
    removeItem: (name) => void kept.delete(name),
  }
}

function clientOf(answer: (path: string, init: RequestInit) => Response | Promise<Response>) {
  const events: string[] = []
  const asked: { path: string; init: RequestInit }[] = []
  const client = new Client(
    {
      onReached: () => events.push('reached'),
      onUnreachable: () => events.push('unreachable'),
      onKeyNeeded: ({ code }) => events.push(code),
    },
    store(),
    async (path, init = {}) => {
      asked.push({ path: String(path), init })
      return answer(String(path), init)
    },
  )
  return { client, events, asked }
}

t.test('answers JSON and text, and sends the key that it has', async (t) => {
  const { client, asked, events } = clientOf(() => Response.json({ a: 1 }))
  t.strictSame(await client.get('models'), { a: 1 })
  t.equal(new Headers(asked[0]!.init.headers).get('authorization'), null)
  client.key = 'secret'
  t.equal(await client.text('model/card'), '{"a":1}')
  t.equal(new Headers(asked[1]!.init.headers).get('authorization'), 'Bearer secret')
  client.key = undefined
  await client.post('model/try', { features: [1] })
  t.equal(asked[2]!.init.body, '{"features":[1]}')
  t.equal(new Headers(asked[2]!.init.headers).get('authorization'), null)
  t.strictSame(events, ['reached', 'reached', 'reached'])
})

t.test('a refusal has what the service said of it', async (t) => {
  const { client, events } = clientOf(() =>
    Response.json({ code: 'API_ERR_VALUE', message: 'No.', path: '/features/1' }, { status: 400 }),
  )
  const error = await client.get('x').catch((error: unknown) => error)
  t.ok(error instanceof Refusal)
  t.match(error, { status: 400, code: 'API_ERR_VALUE', message: 'No.', path: '/features/1' })
  t.strictSame(events, ['reached'])
})

t.test('a key that is needed is told', async (t) => {
  const { client, events } = clientOf(() => Response.json({ code: 'API_ERR_KEY', message: 'A key.' }, { status: 401 }))
  await t.rejects(client.get('x'), { message: 'A key.' })
  t.strictSame(events, ['reached', 'API_ERR_KEY'])
})

t.test('no answer, half an answer and that of a gateway are no service', async (t) => {
  const faults: (() => Response)[] = [
    () => {
      throw new TypeError('fetch failed')
    },
    () => new Response('<h1>Bad Gateway</h1>', { status: 502 }),
    () => new Response('{"a":'),
  ]
  for (const fault of faults) {
    const { client, events } = clientOf(fault)
    const error = await client.get('x').catch((error: unknown) => error)
    t.ok(error instanceof Unreachable)
    t.equal(events.at(-1), 'unreachable')
  }
})

t.test('what is aborted is no fault of the service', async (t) => {
  const { client, events } = clientOf((_, init) => {
    init.signal!.throwIfAborted()
    return Response.json({})
  })
  await t.rejects(client.get('x', AbortSignal.abort(new Error('stale'))), { message: 'stale' })
  t.strictSame(events, [])
})
