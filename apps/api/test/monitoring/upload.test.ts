import { hash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { Upload } from '../../src/monitoring/upload.ts'

type Fault = (request: IncomingMessage, response: ServerResponse, body: Buffer) => boolean

/** A store with faults that the real one cannot show; `store.test.ts` has the real one. */
async function start(t: Test, fault: Fault = () => false) {
  const objects = new Map<string, Buffer>()
  const server = createServer(async (request, response) => {
    const body = await buffer(request)
    if (fault(request, response, body)) return
    const path = request.url!
    if (request.method === 'PUT') {
      objects.set(path, body)
      response.end()
    } else {
      const held = objects.get(path)!
      response
        .writeHead(200, { 'content-length': held.length, 'x-amz-checksum-sha256': hash('sha256', held, 'base64') })
        .end()
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const directory = t.testdir({ 'a.ndjson': '{"a":1}\n', 'b.ndjson': '{"b":1}\n', 'c.ndjson.open': '{}\n' })
  const reasons: string[] = []
  const upload = new Upload(directory, {
    settings: {
      bucket: 'logs',
      prefix: 'copse/x/',
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'us-east-1',
      accessKeyId: 'test',
      secretAccessKey: 'secret',
      sessionToken: undefined,
    },
    onFailure: (_path, reason) => void reasons.push(reason),
    firstDelayMs: 1,
  })
  t.teardown(() => upload.close())
  const settled = async () => {
    while (upload.waiting > 0) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return { directory, objects, upload, reasons, settled }
}

t.test('closed segments go, and are deleted when the store holds them', async (t) => {
  const { directory, objects, upload, reasons, settled } = await start(t)
  await upload.addAll()
  await settled()
  t.strictSame([...objects.keys()].sort(), ['/logs/copse/x/a.ndjson', '/logs/copse/x/b.ndjson'])
  t.equal(String(objects.get('/logs/copse/x/a.ndjson')), '{"a":1}\n')
  t.strictSame(readdirSync(directory), ['c.ndjson.open'])
  t.strictSame([upload.counts, reasons], [{ uploaded: 2, failed: 0 }, []])
})

t.test('nothing is deleted before the store holds the same bytes', async (t) => {
  const cases: [string, Fault, RegExp][] = [
    ['refused', (_request, response) => Boolean(response.writeHead(403).end()), /answered 403/],
    [
      'cut',
      (request, response) =>
        request.method === 'HEAD' && Boolean(response.writeHead(200, { 'content-length': 3 }).end()),
      /holds 3 of 8 bytes/,
    ],
    [
      'other bytes',
      (request, response) =>
        request.method === 'HEAD' &&
        Boolean(response.writeHead(200, { 'content-length': 8, 'x-amz-checksum-sha256': 'AAAA' }).end()),
      /holds other bytes/,
    ],
    ['a redirect', (_request, response) => Boolean(response.writeHead(307, { location: '/' }).end()), /./],
  ]
  for (const [name, fault, reason] of cases) {
    const { directory, upload, reasons, settled } = await start(t, fault)
    upload.add(join(directory, 'a.ndjson'))
    await settled()
    t.ok(existsSync(join(directory, 'a.ndjson')), name)
    t.match(reasons, [reason])
    t.strictSame(upload.counts, { uploaded: 0, failed: 1 })
  }
})

t.test('what another attempt may mend is tried again', async (t) => {
  let calls = 0
  const faults = [503, 429, 500]
  const { upload, directory, settled, objects } = await start(t, (request, response) => {
    calls++
    const status = faults.shift()
    if (status === undefined) return false
    if (status === 500) request.socket.destroy()
    else response.writeHead(status).end()
    return true
  })
  upload.add(join(directory, 'a.ndjson'))
  await settled()
  t.equal(objects.size, 1)
  t.equal(calls, 5)
  t.strictSame(upload.counts, { uploaded: 1, failed: 0 })
})

t.test('a segment that retention has deleted is no failure', async (t) => {
  const { upload, directory, settled, reasons } = await start(t)
  upload.add(join(directory, 'gone.ndjson'))
  writeFileSync(join(directory, 'd.ndjson'), '{}\n')
  upload.add(join(directory, 'd.ndjson'))
  await settled()
  t.strictSame([upload.counts, reasons], [{ uploaded: 1, failed: 0 }, []])
})
