import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import t from 'tap'
import { encodingOf, inflateBody } from '../../../src/dialects/oip/inflate.ts'

const TEXT = Buffer.from('{"inputs":[]}'.repeat(100))

t.test('gzip, deflate and what some clients call deflate', async (t) => {
  t.strictSame(await inflateBody(gzipSync(TEXT), 'gzip', 1300), TEXT)
  t.strictSame(await inflateBody(deflateSync(TEXT), 'deflate', 1300), TEXT)
  t.strictSame(await inflateBody(deflateRawSync(TEXT), 'deflate', 1300), TEXT)
})

t.test('never more than the limit', async (t) => {
  const bomb = gzipSync(Buffer.alloc(50_000_000))
  t.ok(bomb.length < 60_000)
  await t.rejects(inflateBody(bomb, 'gzip', 1 << 20), { code: 'API_ERR_TOO_LARGE', statusCode: 413 })
  await t.rejects(inflateBody(gzipSync(TEXT), 'gzip', 1299), { code: 'API_ERR_TOO_LARGE' })
})

t.test('what is not compressed, or not whole', async (t) => {
  for (const body of [TEXT, Buffer.alloc(0), gzipSync(TEXT).subarray(0, 20), Buffer.from([0x78, 0x9c])]) {
    for (const encoding of ['gzip', 'deflate'] as const) {
      await t.rejects(inflateBody(body, encoding, 1 << 20), { code: 'API_ERR_BODY', statusCode: 400, path: '' })
    }
  }
})

t.test('the header', async (t) => {
  for (const none of [undefined, '', 'identity', ' Identity ']) t.equal(encodingOf(none), undefined)
  t.equal(encodingOf('GZIP'), 'gzip')
  t.equal(encodingOf('x-gzip'), 'gzip')
  t.equal(encodingOf('deflate'), 'deflate')
  for (const other of ['br', 'zstd', 'gzip, gzip', 'x', 'identity, gzip']) {
    t.throws(() => encodingOf(other), { code: 'API_ERR_CONTENT_ENCODING', statusCode: 415 })
  }
})
