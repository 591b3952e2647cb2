import fp from 'fastify-plugin'
import type { ApiError } from '../../errors.ts'
import { ModelSlot } from '../../model/slot.ts'
import type { ModelSource } from '../../model/source.ts'

declare module 'fastify' {
  export interface FastifyInstance {
    model: ModelSlot
  }
}

export interface ModelOptions {
  readonly source: ModelSource
  readonly pollIntervalMs: number
}

/** The served model. A remote registry that gave none, or only an old one, is asked again after the poll interval. */
export default fp<ModelOptions>(
  async (app, { source, pollIntervalMs }) => {
    const slot = new ModelSlot(source)
    let timer: NodeJS.Timeout | undefined
    let closed = false

    slot.addListener(({ result, error }) => {
      if (closed) return
      const { current } = slot
      const model = current && { model: current.name, version: current.version, sha256: current.bundle.sha256 }
      if (error !== undefined) {
        // A local model that does not load at the start is told by the start that fails.
        if (current !== undefined || source.remote)
          app.log.warn({ ...model, ...reasonOf(error) }, 'the model was not loaded')
      } else if (current?.origin.stale)
        app.log.warn(model, 'the registry did not answer; this is the last version it gave')
      else app.log.info(model, `the model is ${result}`)
      clearTimeout(timer)
      if (source.remote && (error !== undefined || current?.origin.stale)) {
        timer = setTimeout(() => void slot.reload(), pollIntervalMs).unref()
      }
    })

    app.decorate('model', slot)
    app.addHook('onClose', async () => {
      closed = true
      clearTimeout(timer)
      await source.close()
    })
  },
  { name: 'model' },
)

/** An error of ours says it all; of any other the stack is wanted too. */
function reasonOf(error: ApiError): object {
  return error.code === 'API_ERR_INTERNAL' ? { err: error } : { code: error.code, reason: error.message }
}
