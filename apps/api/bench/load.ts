import autocannon from 'autocannon'

export interface Load {
  readonly requestsPerSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  readonly requests: number
  /** Answers that were not 2xx, and connections that broke. */
  readonly failed: number
}

export interface LoadOptions {
  readonly connections: number
  readonly seconds: number
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Drives a URL with keep-alive connections, each one request after the other. */
export function load(url: string, { connections, seconds, body, headers }: LoadOptions): Promise<Load> {
  const times: number[] = []
  return new Promise((resolve, reject) => {
    const run = autocannon(
      {
        url,
        connections,
        duration: seconds,
        sampleInt: 1000,
        requests: [
          {
            method: 'POST',
            path: new URL(url).pathname,
            headers: { 'content-type': 'application/json', ...headers },
            body,
          },
        ],
      },
      (error, result) => {
        if (error) return reject(error)
        // Its own histogram has whole milliseconds.
        times.sort((a, b) => a - b)
        return resolve({
          requestsPerSecond: times.length / result.duration,
          p50: times[Math.floor(times.length * 0.5)] ?? Number.NaN,
          p99: times[Math.floor(times.length * 0.99)] ?? Number.NaN,
          requests: times.length,
          failed: result.non2xx + result.errors,
        })
      },
    )
    run.on('response', (_client, _status, _bytes, time) => times.push(time))
  })
}
