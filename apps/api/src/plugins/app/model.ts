import type { FastifyBaseLogger } from 'fastify'
import fp from 'fastify-plugin'
import { ModelSlot, type Reload } from '../../model/slot.ts'
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
    const tell = reloadLog(app.log, slot)
    let timer: NodeJS.Timeout | undefined
    let closed = false

    slot.addListener((reload) => {
      if (closed) return
      tell(reload)
      clearTimeout(timer)
      if (source.remote && (reload.error !== undefined || slot.current?.origin.stale)) {
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

/** Logs how loads went; a warning is not repeated while its reason stays the same. */
function reloadLog(log: FastifyBaseLogger, slot: ModelSlot): (reload: Reload) => void {
  let before: string | undefined
  function warn(reason: string, about: object, message: string) {
    log[reason === before ? 'debug' : 'warn'](about, message)
    before = reason
  }

  return ({ result, error }) => {
    const { current } = slot
    const model = current && { model: current.name, version: current.version, sha256: current.bundle.sha256 }
    if (error !== undefined) {
      // A local model that does not load at the start is told by the start that fails.
      if (current === undefined && !slot.source.remote) return
      // An error of ours says it all; of any other the stack is wanted too.
      const why = error.code === 'API_ERR_INTERNAL' ? { err: error } : { code: error.code, reason: error.message }
      warn(error.message, { ...model, ...why }, 'the model was not loaded')
    } else if (current?.origin.stale) {
      warn('stale', { ...model }, 'the registry did not answer; this is the last version it gave')
    } else {
      before = undefined
      log.info({ ...model }, `the model is ${result}`)
    }
  }
}
