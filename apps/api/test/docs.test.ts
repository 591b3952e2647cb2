import { readFileSync } from 'node:fs'
import t from 'tap'
import { build } from './app.ts'

const TEXT = readFileSync(new URL('../../../docs/http.md', import.meta.url), 'utf8')
const EXAMPLE =
  /```sh\ncurl -s http:\/\/127\.0\.0\.1:3000(?<url>\S+)(?: -H 'content-type: (?<type>[^']+)')? -d '(?<body>[^']+)'\n```\n\n```json\n(?<answer>.+)\n```/g

t.test('the examples of docs/http.md are answered as it says', async (t) => {
  const { app } = await build(t)
  const examples = [...TEXT.matchAll(EXAMPLE)]
  t.strictSame(
    examples.map(({ groups }) => groups!.url),
    ['/predict', '/v2/models/iris/infer', '/invocations'],
  )
  for (const { groups } of examples) {
    const { url = '', type, body = '', answer = '' } = groups!
    // What curl sends when it is not told.
    const headers = { 'content-type': type ?? 'application/x-www-form-urlencoded' }
    const response = await app.inject({ method: 'POST', url, headers, payload: body })
    t.equal(response.body.replace(/(?<="prediction_id":")[^"]+/, '…'), answer)
  }
})

t.test('the errors that it shows are those that are answered', async (t) => {
  const { app } = await build(t)
  const data = [5.1, 'x', 1.4, 0.2]
  const tensor = { name: 'features', shape: [1, 4], datatype: 'FP32', data }
  const post = (url: string, payload: object) => app.inject({ method: 'POST', url, payload })
  for (const answer of [
    await post('/predict', { features: data }),
    await post('/v2/models/iris/infer', { inputs: [tensor] }),
    await post('/invocations', { inputs: [data] }),
  ]) {
    t.equal(answer.statusCode, 400)
    t.ok(TEXT.includes(answer.body), answer.body)
  }
})
