import { instantiateKernel, type Kernel } from './predict-kernel.ts'

/** A kernel that looks at long arrays chunk by chunk; bytes 1024 to 17407 of its memory are the checksum's table. */
export interface StreamKernel {
  readonly kernel: Kernel
  /** Where the next chunk is put: 16 kB. */
  readonly chunk: Uint8Array<ArrayBuffer>
}

/** The one of this thread; undefined where the platform lacks what it needs. */
export function streamKernel(): StreamKernel | undefined {
  if (stream === undefined) {
    const { kernel, memory } = instantiateKernel(CHUNK + CHUNK_BYTES) ?? {}
    if (kernel && memory) stream = { kernel, chunk: new Uint8Array(memory.buffer, CHUNK, CHUNK_BYTES) }
  }
  return stream
}

const CHUNK = 1 << 15
const CHUNK_BYTES = 1 << 14
let stream: StreamKernel | undefined
