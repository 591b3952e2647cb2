import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { readBody } from '../../body.ts'
import type { ApiError } from '../../errors.ts'
import type { RouteDocs } from '../../route-docs.ts'

/** An inference route of a dialect. */
export interface InferenceRoute {
  readonly docs: RouteDocs
  /** Why the head of a request is enough to refuse it, before anything of its body is read. May throw an ApiError instead. */
  readonly check?: (request: FastifyRequest) => ApiError | undefined
  /** Most bytes of a body. */
  readonly bodyLimit: (request: FastifyRequest) => number
  /** Sends the answer, or throws. */
  readonly answer: (request: FastifyRequest, reply: FastifyReply, body: Buffer) => undefined | Promise<void>
}

declare module 'fastify' {
  export interface FastifyInstance {
    /** Adds a POST route of inference: see the plugin `inference`. */
    inferenceRoute: (url: string, route: InferenceRoute) => void
  }
  export interface FastifyContextConfig {
    /** Set by `inferenceRoute`. */
    inference?: true
  }
}

/**
 * The way of a request through an inference route, in one hook: admission, the dialect's look at the head, the body,
 * the deadline, the dialect's answer, and when all is over the metrics of the route. What is refused or thrown is answered
 * by the dialect's error handler.
 *
 * Fastify's own stages after `onRequest` do not run: its reading of bodies, an AsyncResource and the listeners for
 * `onResponse` were a third of what the service cost over a bare route.
 */
export default fp(
  async (app) => {
    const { admission } = app

    app.decorate('inferenceRoute', function (this: FastifyInstance, url, { docs, check, bodyLimit, answer }) {
      const time = app.timeRoute('POST', this.prefix + url)

      function predict(request: FastifyRequest, reply: FastifyReply, body: Buffer): void {
        const late = admission.checkDeadline(request)
        if (late !== undefined) {
          reply.send(late)
          return
        }
        try {
          const pending = answer(request, reply, body)
          if (pending !== undefined) pending.catch((error) => reply.send(error))
        } catch (error) {
          reply.send(error)
        }
      }

      this.post(
        url,
        {
          config: { inference: true, docs },
          onRequest(request, reply, done) {
            const refused = admission.enter(request, reply)
            // Comes also when the client goes away, which onResponse does not.
            reply.raw.on('close', () => {
              if (refused === undefined) admission.leave()
              const { statusCode, writableEnded } = reply.raw
              if (writableEnded) time(statusCode, (performance.now() - request.startedAt) / 1000)
            })
            const error = refused ?? check?.(request)
            if (error === undefined) readBody(request, reply, bodyLimit(request), predict)
            else done(error)
          },
        },
        unreached,
      )
    })
  },
  { name: 'inference', dependencies: ['admission', 'http-metrics'] },
)

function unreached(): never {
  throw new Error('an inference route is answered by its hook')
}
