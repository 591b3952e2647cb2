// helm, kubectl, docker and git in one, as far as a deployment sees them; `make` in stubs.ts writes the wrappers.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import type { Scenario, StubRevision } from './stubs.ts'

const [directory = '', tool = '', ...args] = process.argv.slice(2)
const scenario: Scenario = JSON.parse(readFileSync(join(directory, 'scenario.json'), 'utf8'))
const call = [tool, ...args].join(' ')
appendFileSync(join(directory, 'calls'), `${call}\n`)

if (scenario.hang !== undefined && call.startsWith(scenario.hang)) {
  process.on('SIGTERM', () => {
    if (scenario.pendingOnHang) add('pending-upgrade')
    process.exit(1)
  })
  writeFileSync(join(directory, 'hanging'), '')
  setInterval(() => {}, 1000)
} else if (scenario.fail !== undefined && call.startsWith(scenario.fail) && (!scenario.afterUpgrade || upgraded())) {
  if (scenario.failedRevision && call.startsWith('helm upgrade')) add('failed')
  process.stderr.write(`first line\n${scenario.says ?? 'it broke'}\n`)
  process.exitCode = scenario.status ?? 1
} else if (call.startsWith('kubectl port-forward')) {
  forward(args[1] ?? '')
} else {
  process.stdout.write(answer())
}

function answer(): string {
  if (call.startsWith('helm version')) return scenario.helm ?? 'v4.3.1'
  if (call.startsWith('kubectl version')) return '{"clientVersion":{"gitVersion":"v1.37.2"}}'
  if (call.startsWith('kubectl auth')) return scenario.forbidden ? 'no\n' : 'yes\n'
  if (call.startsWith('helm list')) return history().length === 0 ? '[]' : '[{}]'
  if (call.startsWith('helm history')) return JSON.stringify(history())
  if (call.startsWith('helm template')) return 'kind: Service\n---\nkind: Deployment\n'
  if (call.startsWith('kubectl diff')) return 'diff -u -N a b\n-  replicas: 2\n+  replicas: 3\n'
  if (call.startsWith('helm upgrade')) return grow('deployed')
  if (call.startsWith('helm rollback')) return grow('deployed')
  if (call.startsWith('helm uninstall')) return save([])
  if (call.startsWith('helm get values')) {
    const expect = { prediction: { class_name: 'setosa' } }
    return JSON.stringify({
      test: { features: [5.1, 3.5, 1.4, 0.2], expect },
      service: { port: 3000, metricsPort: 9100 },
      keys: { existingSecret: scenario.key === undefined ? '' : 'keys' },
    })
  }
  if (call.startsWith('kubectl get services')) return '{"items":[{"metadata":{"name":"copse"}}]}'
  if (call.startsWith('kubectl get pods') && call.includes('--output=json')) return JSON.stringify({ items: [pod()] })
  if (call.startsWith('kubectl get pods')) return 'NAME READY\ncopse-1 0/1\n'
  if (call.startsWith('kubectl get events')) return 'Warning BackOff back-off pulling image\n'
  if (call.startsWith('git rev-parse')) return '0123456789ab\n'
  return ''
}

function upgraded(): boolean {
  return /^helm upgrade/m.test(readFileSync(join(directory, 'calls'), 'utf8'))
}

function grow(status: string): string {
  const older = history().map((revision) => ({
    ...revision,
    status: revision.status === 'deployed' ? 'superseded' : revision.status,
  }))
  save(older)
  return add(status)
}

function add(status: string): string {
  return save([...history(), { revision: history().length + 1, status, description: '' }])
}

function history(): StubRevision[] {
  return JSON.parse(readFileSync(join(directory, 'history.json'), 'utf8'))
}

function save(revisions: readonly StubRevision[]): string {
  writeFileSync(join(directory, 'history.json'), JSON.stringify(revisions))
  return ''
}

function pod() {
  const image = 'copse-api@sha256:89abcdef0123456789abcdef0123456789abcdef0123456789abcdef01234567'
  return {
    metadata: { name: 'copse-1' },
    spec: { nodeName: 'node-1', containers: [{ image: 'copse-api:1' }] },
    status: { containerStatuses: [{ ready: true, restartCount: 0, imageID: image }] },
  }
}

function forward(service: string): void {
  const server = createServer((request, response) => serve(service, request, response)).listen(0, '127.0.0.1', () => {
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    process.stdout.write(`Forwarding from 127.0.0.1:${port} -> 3000\n`)
  })
  process.on('SIGTERM', () => process.exit(0))
}

function serve(service: string, request: IncomingMessage, response: ServerResponse): void {
  request.resume()
  const { method, url = '' } = request
  appendFileSync(join(directory, 'calls'), `http ${service} ${method} ${url}\n`)
  const allowed = scenario.key === undefined || request.headers.authorization === `Bearer ${scenario.key}`
  const broken = scenario.broken === url
  response.statusCode = broken || !allowed ? 503 : 200
  if (url === '/model/info') response.end('{"name":"iris","version":"4","sha256":"4c643b40c6087afe"}')
  else if (url === '/predict') response.end(JSON.stringify(prediction()))
  else if (url.endsWith('/infer')) response.end('{"model_name":"iris"}')
  else response.end('ok')
}

function prediction(): unknown {
  const one = { prediction: { class_name: scenario.predicts ?? 'setosa', confidence: 1 } }
  return { ...one, predictions: [one] }
}
