import { partialDeepStrictEqual } from 'node:assert'
import { createInterface } from 'node:readline'
import { execa } from 'execa'
import { DeployError } from './errors.ts'
import type { Values } from './release.ts'
import type { Settings } from './settings.ts'
import type { Tools } from './tools.ts'

/** What an endpoint answered. */
export interface Answer {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly status: number
  /** Milliseconds, through the tunnel. */
  readonly ms: number
}

/** What was learnt from the service itself. */
export interface Verified {
  readonly model: { readonly name: string; readonly version: string; readonly sha256: string }
  readonly answers: readonly Answer[]
}

interface Check {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: unknown
  /** What the JSON answer must hold; absent = any answer of status 200. */
  readonly holds?: unknown
}

/** A new pod may not be known to every node for a moment. */
const PATIENCE_MS = 15_000
const REQUEST_MS = 10_000

/**
 * Asks every endpoint of the Service through a tunnel for an answer that is known.
 * @throws DeployError DEPLOY_ERR_ENDPOINT naming the first that is wrong
 */
export async function verifyEndpoints(
  tools: Tools,
  settings: Settings,
  service: string,
  values: Values,
): Promise<Verified> {
  const key = settings.apiKey
  if (values.keys.existingSecret !== '' && key === undefined) {
    throw new DeployError(
      'DEPLOY_ERR_ENDPOINT',
      'COPSE_API_KEY must hold a key to predict with, because the release has keys.',
    )
  }
  const headers: Record<string, string> = { 'content-type': 'application/json' }
  if (key !== undefined) headers.authorization = `Bearer ${key}`
  const answers: Answer[] = []
  async function ask(tunnel: Tunnel, check: Check): Promise<unknown> {
    const { answer, body } = await askOne(tunnel, check, headers, tools.signal)
    answers.push(answer)
    return body
  }

  await using api = await openTunnel(tools, settings, service, values.service.port)
  const { features, expect } = values.test
  for (const path of ['/livez', '/readyz', '/health', '/openapi.json']) await ask(api, { method: 'GET', path })
  const info = (await ask(api, { method: 'GET', path: '/model/info' })) as Verified['model']
  await ask(api, { method: 'POST', path: '/predict', body: { features }, holds: expect })
  await ask(api, { method: 'POST', path: '/predict', body: { rows: [features] }, holds: { predictions: [expect] } })
  if (Array.isArray(features) && features.every((value) => typeof value === 'number')) {
    const input = { name: 'features', shape: [1, features.length], datatype: 'FP64', data: features }
    const model = `/v2/models/${encodeURIComponent(info.name)}`
    await ask(api, { method: 'GET', path: `${model}/ready` })
    await ask(api, {
      method: 'POST',
      path: `${model}/infer`,
      body: { inputs: [input] },
      holds: { model_name: info.name },
    })
    await ask(api, { method: 'POST', path: '/invocations', body: { inputs: [features] } })
  }
  await using metrics = await openTunnel(tools, settings, `${service}-metrics`, values.service.metricsPort)
  await ask(metrics, { method: 'GET', path: '/metrics' })
  return { model: { name: info.name, version: info.version, sha256: info.sha256 }, answers }
}

async function askOne(tunnel: Tunnel, check: Check, headers: Record<string, string>, signal: AbortSignal) {
  const { method, path, body, holds } = check
  const request = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) }
  const end = Date.now() + PATIENCE_MS
  for (;;) {
    const started = performance.now()
    let wrong: string
    try {
      const response = await fetch(`${tunnel.url}${path}`, {
        ...request,
        signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_MS)]),
      })
      const text = await response.text()
      const answer: Answer = { method, path, status: response.status, ms: Math.round(performance.now() - started) }
      if (response.status !== 200) wrong = `answered ${response.status}`
      else if (holds === undefined) return { answer, body: tryJson(text) }
      else if (holdsAll(tryJson(text), holds)) return { answer, body: tryJson(text) }
      else
        throw new DeployError(
          'DEPLOY_ERR_ENDPOINT',
          `${method} ${path} gave another answer than the known one, ${JSON.stringify(holds)}.`,
        )
    } catch (error) {
      if (error instanceof DeployError) throw error
      if (signal.aborted)
        throw new DeployError('DEPLOY_ERR_INTERRUPTED', `${method} ${path} was interrupted.`, { cause: error })
      wrong = `did not answer (${(error as Error).message})`
    }
    if (Date.now() > end) throw new DeployError('DEPLOY_ERR_ENDPOINT', `${method} ${path} ${wrong}; 200 was expected.`)
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

function holdsAll(answer: unknown, known: unknown): boolean {
  try {
    partialDeepStrictEqual(answer, known)
    return true
  } catch {
    return false
  }
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

interface Tunnel extends AsyncDisposable {
  readonly url: string
}

/** A way to a Service's port through the API server, on a free port of this machine. */
async function openTunnel(tools: Tools, settings: Settings, service: string, port: number): Promise<Tunnel> {
  const args = [
    'port-forward',
    `service/${service}`,
    `:${port}`,
    '--address=127.0.0.1',
    `--namespace=${settings.namespace}`,
  ]
  const child = execa('kubectl', args, {
    cancelSignal: tools.signal,
    reject: false,
    buffer: { stdout: false, stderr: true },
  })
  const local = await new Promise<string | undefined>((resolve) => {
    const lines = createInterface(child.stdout)
    lines.on('line', (line) => {
      const port = /^Forwarding from 127\.0\.0\.1:(\d+)/.exec(line)?.[1]
      if (port !== undefined) resolve(port)
    })
    lines.once('close', () => resolve(undefined))
  })
  if (local !== undefined) {
    return {
      url: `http://127.0.0.1:${local}`,
      async [Symbol.asyncDispose]() {
        child.kill()
        await child
      },
    }
  }
  const { stderr } = await child
  const said = String(stderr).trim().split('\n').at(-1) || 'it said nothing'
  throw new DeployError('DEPLOY_ERR_ENDPOINT', `kubectl port-forward to ${service} did not open: ${said}`)
}
