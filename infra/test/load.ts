import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

export interface LoadResult {
  /** Answers of status 200 that hold what they should. */
  readonly answered: number
  /** What became of each request that got no such answer. */
  readonly failures: readonly string[]
  /** Milliseconds of the slowest answer. */
  readonly slowest: number
}

export interface Load {
  readonly answered: number
  stop(): Promise<LoadResult>
}

/** Of them, as many keep their connection as open one for each request. */
const CLIENTS = 8
const PAUSE_MS = 40
const ANSWER_MS = 10_000

/** Asks `url` for the prediction of a row, about 200 times a second, until it is stopped; nothing is asked twice. */
export function startLoad(url: string, features: readonly number[], className: string): Load {
  const keepAlive = new Agent({ keepAlive: true, maxSockets: CLIENTS })
  const body = JSON.stringify({ features })
  const failures: string[] = []
  let answered = 0
  let slowest = 0
  let stopped = false

  async function client(agent: Agent | false): Promise<void> {
    while (!stopped) {
      const started = performance.now()
      const failure = await ask(`${url}/predict`, agent, body, className)
      if (failure === undefined) answered++
      else failures.push(failure)
      slowest = Math.max(slowest, performance.now() - started)
      await sleep(Math.max(0, PAUSE_MS - (performance.now() - started)))
    }
  }

  const clients = Array.from({ length: CLIENTS }, (_, i) => client(i % 2 === 0 ? keepAlive : false))
  return {
    get answered() {
      return answered
    },
    async stop() {
      stopped = true
      await Promise.all(clients)
      keepAlive.destroy()
      return { answered, failures, slowest: Math.round(slowest) }
    },
  }
}

/** undefined when the answer is the known one, else what is wrong with it. */
function ask(url: string, agent: Agent | false, body: string, className: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const sent = request(url, { method: 'POST', agent, headers, timeout: ANSWER_MS }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.once('error', (error) => resolve(`cut off: ${error.message}`))
      response.once('end', () => {
        const right = response.statusCode === 200 && text.includes(`"class_name":"${className}"`)
        resolve(right ? undefined : `${response.statusCode} ${text.slice(0, 200)}`)
      })
    })
    sent.once('timeout', () => sent.destroy(new Error(`no answer within ${ANSWER_MS} ms`)))
    sent.once('error', (error: NodeJS.ErrnoException) =>
      resolve(`${error.code ?? error.message}${sent.reusedSocket ? ' on a kept connection' : ''}`),
    )
    sent.end(body)
  })
}
