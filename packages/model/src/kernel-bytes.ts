import base64 from './kernels/train.ts'

/** The compiled kernels. */
export function bytesOfKernel(): Uint8Array {
  const text = atob(base64)
  return Uint8Array.from({ length: text.length }, (_, i) => text.charCodeAt(i))
}
