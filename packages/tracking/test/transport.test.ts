import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { endpoints } from '../src/endpoints.ts'
import { Rest } from '../src/rest.ts'

const exec = promisify(execFile)
const hasOpenssl = await exec('openssl', ['version']).then(
  () => true,
  () => false,
)

t.test(
  'TLS with an authority of its own',
  { skip: !hasOpenssl && 'there is no openssl to make a certificate' },
  async (t) => {
    const directory = t.testdir()
    const [keyFile, certFile] = [join(directory, 'key.pem'), join(directory, 'cert.pem')]
    const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2']
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
    await exec('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', keyFile, '-out', certFile])
    const [key, cert] = [await readFile(keyFile, 'utf8'), await readFile(certFile, 'utf8')]
    const bodies: string[] = []
    const server = createServer({ key, cert }, async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      bodies.push(`${request.method} ${request.headers['content-length'] ?? '-'} ${Buffer.concat(chunks)}`)
      if (request.url!.includes('get-by-name')) response.writeHead(302, { location: 'http://elsewhere/' })
      response.end('{"a":1}')
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.teardown(() => {
      server.closeAllConnections()
      server.close()
    })
    const uri = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
    const rest = (tls?: object) => new Rest(uri, { retries: 0, timeoutMs: 5000, ...(tls && { tls }) })
    const update = { run_id: 'r', status: 'FINISHED' }
    for (const tls of [undefined, { ca: undefined }]) {
      await t.rejects(rest(tls).call(endpoints.updateRun, update), {
        code: 'TRACKING_ERR_UNREACHABLE',
        message: /SIGNED|VERIFY/,
      })
    }
    const file = join(directory, 'file')
    await writeFile(file, 'hello')
    for (const tls of [{ ca: cert }, { insecure: true }, { ca: cert, cert: `${cert}${key}` }]) {
      const trusted = rest(tls)
      t.same(await trusted.call(endpoints.updateRun, update), { a: 1 })
      await trusted.putFile('/x', file)
      t.ok(await trusted.isUp())
    }
    t.same(bodies.slice(0, 2), [`POST 34 ${JSON.stringify(update)}`, 'PUT 5 hello'])
    await t.rejects(rest({ ca: cert }).call(endpoints.getExperimentByName, { experiment_name: 'a' }), {
      code: 'TRACKING_ERR_HTTP',
      message: /redirect/,
    })
    t.throws(() => rest({ cert: 'nonsense' }), { code: 'TRACKING_ERR_OPTION' })
  },
)

t.test('options for TLS need https', async (t) => {
  t.throws(() => new Rest('http://127.0.0.1:1', { tls: { insecure: true } }), { code: 'TRACKING_ERR_OPTION' })
})
