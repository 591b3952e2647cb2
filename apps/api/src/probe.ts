import { partialDeepStrictEqual } from 'node:assert'
import { parseArgs } from 'node:util'
import { ApiError } from './errors.ts'

/** Longer than any answer of a service that works; Kubernetes and Docker have time limits of their own. */
const REQUEST_MS = 5000
/** A Service that was just made may not be known to every node yet. */
const PATIENCE_MS = 20_000

interface Environment {
  readonly [name: string]: string | undefined
}

/**
 * A client for health checks and known answers: without `--features` asks whether the service on this machine is ready,
 * with them predicts that row and holds the answer against `--expect`, which may leave parts out.
 *
 *     probe [--url http://127.0.0.1:3000] [--features '[5.1,3.5,1.4,0.2]' --expect '{"prediction":{"class_name":"setosa"}}']
 *
 * Answers a line for people.
 * @throws ApiError API_ERR_PROBE when the service is not as it should be
 */
export async function probe(args: readonly string[], environment: Environment): Promise<string> {
  const { url, features, expect } = read(args, environment)
  if (features === undefined) {
    await ask(`${url}/readyz`, {}, environment)
    return `${url} is ready`
  }
  const answer = await patiently(() => predict(url, features, environment))
  if (expect !== undefined) {
    try {
      partialDeepStrictEqual(answer, expect)
    } catch (error) {
      const message = `${url} predicts ${JSON.stringify(answer)}, which does not hold ${JSON.stringify(expect)}.`
      throw new ApiError('API_ERR_PROBE', message, { cause: error })
    }
  }
  return `${url} predicts ${JSON.stringify(answer)}`
}

function read(args: readonly string[], environment: Environment) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { url: { type: 'string' }, features: { type: 'string' }, expect: { type: 'string' } },
    })
    return {
      url: values.url ?? `http://127.0.0.1:${environment.COPSE_PORT ?? 3000}`,
      features: values.features === undefined ? undefined : JSON.parse(values.features),
      expect: values.expect === undefined ? undefined : JSON.parse(values.expect),
    }
  } catch (error) {
    throw new ApiError('API_ERR_PROBE', `The arguments of probe are wrong: ${(error as Error).message}.`, {
      cause: error,
    })
  }
}

async function predict(url: string, features: unknown, environment: Environment): Promise<unknown> {
  const headers = { 'content-type': 'application/json' }
  const response = await ask(
    `${url}/predict`,
    { method: 'POST', headers, body: JSON.stringify({ features }) },
    environment,
  )
  return response.json()
}

async function ask(url: string, init: RequestInit, { COPSE_API_KEY: key }: Environment): Promise<Response> {
  const headers = { ...init.headers, ...(key && { authorization: `Bearer ${key}` }) }
  let response: Response
  try {
    response = await fetch(url, { ...init, headers, signal: AbortSignal.timeout(REQUEST_MS) })
  } catch (error) {
    const why = ((error as Error).cause as Error | undefined)?.message ?? (error as Error).message
    throw new ApiError('API_ERR_PROBE', `${url} does not answer: ${why}.`, { cause: error })
  }
  if (!response.ok) throw new ApiError('API_ERR_PROBE', `${url} answers ${response.status}; 200 was expected.`)
  return response
}

async function patiently<T>(attempt: () => Promise<T>): Promise<T> {
  for (const end = Date.now() + PATIENCE_MS; ; await new Promise((resolve) => setTimeout(resolve, 500))) {
    try {
      return await attempt()
    } catch (error) {
      if (Date.now() > end) throw error
    }
  }
}
