/** The part of WebAssembly that is used; it comes with the DOM's types only, which a library for Node does without. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array)
  }
  class Memory<Buffer extends ArrayBufferLike = SharedArrayBuffer> {
    constructor(descriptor: { initial: number; maximum?: number; shared?: boolean })
    readonly buffer: Buffer
    grow(pages: number): number
  }
  class Global {
    value: number
  }
  class Instance {
    constructor(module: Module, imports: { env: { memory: Memory<ArrayBufferLike>; abort?(): never } })
    readonly exports: object
  }
}
