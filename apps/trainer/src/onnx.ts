import { type Forest, ModelError, onnxSize, toOnnx } from '@copse/model'

export type OnnxPolicy = 'auto' | 'always' | 'never'

export const ONNX_POLICIES: readonly OnnxPolicy[] = ['auto', 'always', 'never']

/** Bytes up to which `auto` writes `model.onnx`. */
export const ONNX_LIMIT = 20_000_000

/** The forest as ONNX, or why not, as the end of a sentence. */
export type OnnxExport = { readonly model: Uint8Array } | { readonly absence: string }

/**
 * Writes the forest as ONNX where the policy asks for it.
 * @throws ModelError MODEL_ERR_ONNX with `always`, when ONNX cannot hold the forest
 */
export function exportOnnx(forest: Forest, policy: OnnxPolicy, limit = ONNX_LIMIT): OnnxExport {
  if (policy === 'never') return { absence: '--onnx=never' }
  if (policy === 'always') return { model: toOnnx(forest) }
  try {
    const size = onnxSize(forest)
    if (size <= limit) return { model: toOnnx(forest) }
    return { absence: `it would take ${megabytes(size)} MB, over the ${megabytes(limit)} MB of --onnx=auto` }
  } catch (error) {
    if (!(error instanceof ModelError)) throw error
    return { absence: error.message.replace(/\.$/, '') }
  }
}

function megabytes(bytes: number): string {
  return Number((bytes / 1e6).toFixed(1)).toString()
}
