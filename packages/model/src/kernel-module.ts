import { decodeBase64 } from './decode-base64.ts'
import base64 from './kernels/train.ts'

let compiled: WebAssembly.Module | undefined

/** The compiled kernels, compiled by the platform once; throws where it lacks what they need. */
export function kernelModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(decodeBase64(base64))
  return compiled
}

export function instantiateKernel<Exports>(memory: WebAssembly.Memory, module: WebAssembly.Module): Exports {
  return new WebAssembly.Instance(module, { env: { memory, abort } }).exports as Exports
}

function abort(): never {
  throw new Error('kernel aborted')
}
