import type { onRequestHookHandler } from 'fastify'
import fp from 'fastify-plugin'

declare module 'fastify' {
  export interface FastifyContextConfig {
    /** An inference route: see `admission`. */
    inference?: boolean
  }
}

/**
 * Who and how much is let in to the inference routes. A dialect names its routes with `config: { inference: true }` and
 * does nothing else: the scope `predict`, the rate of a key, the bound on requests at once, the event loop's delay and
 * the deadline are hooks that this plugin puts in front of them. What it refuses is thrown as an ApiError (401, 403, 429,
 * 503, 504), which the dialect's error handler writes in the dialect's own form.
 */
export default fp(
  async (app) => {
    const allowed = app.scope('predict')
    app.addHook('onRoute', (route) => {
      if (route.config?.inference) route.onRequest = [allowed, ...hooks(route.onRequest)]
    })
  },
  { name: 'admission', dependencies: ['scope'] },
)

function hooks<T extends onRequestHookHandler>(given: T | T[] | undefined): T[] {
  return given === undefined ? [] : ([given].flat() as T[])
}
