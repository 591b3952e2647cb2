import { createHistogram } from 'node:perf_hooks'
import autocannon from 'autocannon'
import type { Client } from './client.ts'
import { count, type Report } from './report.ts'
import type { Sample } from './samples.ts'

const CONNECTIONS = 10
/** autocannon looks this often whether the time is over. */
const SAMPLE_MS = 100

/** Sends samples for some seconds and shows how fast they are answered; a failed request is a problem. */
export async function showLoad(
  client: Client,
  report: Report,
  samples: readonly Sample[],
  seconds: number,
): Promise<void> {
  report.heading(`Load (POST /predict, ${CONNECTIONS} connections, ${seconds} s)`)
  const { answered, failed, perSecond, p50, p99 } = await run(client, samples, seconds)
  report.pairs([
    ['requests', `${count(perSecond)} a second`],
    ['latency', `p50 ${milliseconds(p50)}, p99 ${milliseconds(p99)}`],
    ['answers', `${count(answered)} good, ${count(failed)} failed`],
  ])
  if (failed > 0) report.problem(`${count(failed)} of ${count(answered + failed)} requests failed under load.`)
  else if (answered === 0) report.problem('No request was answered under load.')
}

interface Load {
  readonly answered: number
  /** Answers other than 2xx, broken connections and time-outs. */
  readonly failed: number
  readonly perSecond: number
  /** Milliseconds, of all answers. */
  readonly p50: number
  readonly p99: number
}

function run({ url, headers }: Client, samples: readonly Sample[], seconds: number): Promise<Load> {
  // autocannon's own histogram counts whole milliseconds, which most answers do not take.
  const nanoseconds = createHistogram()
  const requests = samples.map(({ values }) => ({
    method: 'POST' as const,
    path: new URL('predict', url).pathname,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ features: values }),
  }))
  return new Promise((resolve, reject) => {
    const options = { url: url.href, duration: seconds, connections: CONNECTIONS, sampleInt: SAMPLE_MS, requests }
    const instance = autocannon(options, (error, result) => {
      if (error) return reject(error)
      resolve({
        answered: result['2xx'],
        failed: result.non2xx + result.errors,
        perSecond: result['2xx'] / result.duration,
        p50: nanoseconds.percentile(50) / 1e6,
        p99: nanoseconds.percentile(99) / 1e6,
      })
    })
    instance.on('response', (_client, _status, _bytes, ms) => nanoseconds.record(Math.max(Math.round(ms * 1e6), 1)))
  })
}

function milliseconds(ms: number): string {
  return `${ms < 10 ? ms.toFixed(2) : ms.toFixed(0)} ms`
}
