import type { FastifyBaseLogger } from 'fastify'
import fp from 'fastify-plugin'
import { follow } from '../../model/follow.ts'
import { Models } from '../../model/models.ts'
import type { ModelSlot, Reload } from '../../model/slot.ts'
import type { ModelSource } from '../../model/source.ts'

declare module 'fastify' {
  export interface FastifyInstance {
    models: Models
  }
}

export interface ModelsOptions {
  /** The first is the default model. */
  readonly sources: readonly ModelSource[]
  readonly pollIntervalMs: number
}

/** The served models, each kept at what its reference means. Nothing is loaded yet. */
export default fp<ModelsOptions>(
  async (app, { sources, pollIntervalMs }) => {
    const models = new Models(sources)
    const closing = new AbortController()
    const { signal } = closing

    for (const slot of models.slots) {
      const { tellReload, tellLook } = slotLog(app.log, slot)
      slot.addListener((reload) => {
        if (!signal.aborted) tellReload(reload)
      })
      follow(slot, { intervalMs: pollIntervalMs, signal, onLook: tellLook })
    }

    app.decorate('models', models)
    app.addHook('onClose', async () => {
      closing.abort()
      await Promise.all(sources.map((source) => source.close()))
    })
  },
  { name: 'models' },
)

/** Logs how loads and looks at the registry went; a warning is not repeated while its reason stays the same. */
function slotLog(log: FastifyBaseLogger, slot: ModelSlot) {
  let before: string | undefined
  let away = false
  function warn(reason: string, about: object, message: string) {
    log[reason === before ? 'debug' : 'warn'](about, message)
    before = reason
  }

  return {
    tellReload({ result, error }: Reload) {
      const { current } = slot
      const model = current && { model: current.name, version: current.version, sha256: current.bundle.sha256 }
      if (error !== undefined) {
        // A local model that does not load at the start is told by the start that fails.
        if (current === undefined && !slot.source.remote) return
        // An error of ours says it all; of any other the stack is wanted too.
        const why = error.code === 'API_ERR_INTERNAL' ? { err: error } : { code: error.code, reason: error.message }
        warn(error.message, { reference: slot.source.reference, ...model, ...why }, 'the model was not loaded')
      } else if (current?.origin.stale) {
        warn('stale', { ...model }, 'the registry did not answer; this is the last version it gave')
      } else {
        before = undefined
        log.info({ ...model }, `the model is ${result}`)
      }
    },

    tellLook(error: Error | undefined) {
      if (away === (error !== undefined)) return
      away = error !== undefined
      const { reference } = slot.source
      if (error === undefined) log.info({ reference }, 'the registry answers again')
      else
        log.warn({ reference, reason: error.message }, 'the registry does not answer; what is loaded goes on serving')
    },
  }
}
