import type { Writable } from 'node:stream'
import type { Segment, SegmentSink } from './segment-sink.ts'

/** All segments on one stream, such as standard output; nothing is ever closed or synced. */
export class StreamSink implements SegmentSink {
  readonly #stream: Writable

  constructor(stream: Writable = process.stdout) {
    this.#stream = stream
  }

  async open(): Promise<Segment> {
    const stream = this.#stream
    return {
      write: (bytes) =>
        new Promise((resolve, reject) => stream.write(bytes, (error) => (error ? reject(error) : resolve()))),
      async sync() {},
      async close() {},
    }
  }
}
