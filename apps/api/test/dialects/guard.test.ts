import type { FastifyRequest } from 'fastify'
import t from 'tap'
import { checkJson, checkPlain } from '../../src/dialects/guard.ts'

const request = (headers: Record<string, string>) => ({ raw: { headers } }) as unknown as FastifyRequest

t.test('compressed bodies are refused', async (t) => {
  const code = (encoding: string) => checkPlain(request({ 'content-encoding': encoding }))?.code
  for (const encoding of ['gzip', 'deflate', 'br', 'x']) t.equal(code(encoding), 'API_ERR_CONTENT_ENCODING', encoding)
  t.equal(code('Identity'), undefined)
  t.equal(checkPlain(request({})), undefined)
})

t.test('so are bodies that are not said to be JSON', async (t) => {
  const code = (type: string) => checkJson(request({ 'content-type': type }))?.code
  for (const type of [
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json ;x',
  ]) {
    t.equal(code(type), undefined, type)
  }
  for (const type of [
    'text/plain',
    'application/jsonp',
    'application/json+x',
    '',
    'application',
    'x application/json',
  ]) {
    t.equal(code(type), 'API_ERR_MEDIA_TYPE', type)
  }
  t.equal(checkJson(request({}))?.code, 'API_ERR_MEDIA_TYPE')
})
