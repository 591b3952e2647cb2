/** The part of autocannon 9 that is used here; the package brings no types. */
declare module 'autocannon' {
  import type { EventEmitter } from 'node:events'

  interface Options {
    url: string
    /** Seconds. */
    duration: number
    connections: number
    /** Milliseconds. */
    sampleInt: number
    requests: { method: 'POST'; path: string; headers: Record<string, string>; body: string }[]
  }

  interface Result {
    /** Seconds. */
    duration: number
    '2xx': number
    non2xx: number
    /** Connections that broke or timed out. */
    errors: number
  }

  interface Instance extends EventEmitter {
    on(event: 'response', listener: (client: unknown, status: number, bytes: number, ms: number) => void): this
  }

  export default function autocannon(options: Options, done: (error: Error | null, result: Result) => void): Instance
}
