import base64 from './kernels/train.ts'

let compiled: WebAssembly.Module | undefined

/** The compiled kernels, compiled by the platform once; throws where it lacks what they need. */
export function kernelModule(): WebAssembly.Module {
  if (compiled === undefined) {
    const text = atob(base64)
    compiled = new WebAssembly.Module(Uint8Array.from({ length: text.length }, (_, i) => text.charCodeAt(i)))
  }
  return compiled
}

export function instantiateKernel<Exports>(memory: WebAssembly.Memory, module: WebAssembly.Module): Exports {
  return new WebAssembly.Instance(module, { env: { memory, abort } }).exports as Exports
}

function abort(): never {
  throw new Error('kernel aborted')
}
