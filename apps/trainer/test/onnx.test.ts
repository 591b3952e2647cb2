import { train } from '@copse/model'
import t from 'tap'
import { exportOnnx } from '../src/onnx.ts'

/** Two rows with the values 0 and `top`. */
function forest(top: number) {
  return train(
    {
      signature: {
        features: [{ name: 'x', type: 'number', missing: false, min: 0, max: 1 }],
        target: { name: 'y', type: 'number' },
      },
      rows: 2,
      columns: [Float32Array.of(0, 1)],
      target: Float64Array.of(0, top),
    },
    { nEstimators: 2, bootstrap: false },
  )
}

t.test('auto writes up to its limit, always writes, never does not', async (t) => {
  const small = await forest(1)
  const written = exportOnnx(small, 'always') as { model: Uint8Array }
  t.ok(written.model.length > 500)
  t.strictSame(exportOnnx(small, 'auto'), written)
  t.strictSame(exportOnnx(small, 'auto', written.model.length), written, 'the limit itself is within')
  t.strictSame(exportOnnx(small, 'never'), { absence: '--onnx=never' })
  const { absence } = exportOnnx(small, 'auto', 100) as { absence: string }
  t.match(absence, /^it would take 0 MB, over the 0 MB of --onnx=auto$/)
})

t.test('what ONNX cannot hold is an absence, or an error where it was asked for', async (t) => {
  const large = await forest(1e39)
  t.match(exportOnnx(large, 'auto'), { absence: /A leaf has the value 1e\+39, expected .* answers in$/ })
  t.throws(() => exportOnnx(large, 'always'), { code: 'MODEL_ERR_ONNX' })
})
