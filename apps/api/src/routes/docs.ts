import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type DocumentedRoute, openApi } from '../openapi.ts'
import { sendError } from '../plugins/app/errors.ts'

/** `GET /openapi.json`, and `GET /docs` with all that the page loads. */
export default async function docsRoutes(
  app: FastifyInstance,
  { routes }: { routes: readonly DocumentedRoute[] },
): Promise<void> {
  let page: Promise<FastifyInstance> | undefined

  app.get('/openapi.json', () => openApi(routes, app.models.default.current))

  // The page is an app of its own, made at the first look: its plugins would cost every start a tenth of a second.
  async function docs(request: FastifyRequest, reply: FastifyReply) {
    page ??= import('../plugins/external/docs-page.ts').then(({ docsPage }) =>
      docsPage(() => openApi(routes, app.models.default.current), sendError),
    )
    const { routing } = await page
    reply.hijack()
    routing(request.raw, reply.raw)
  }
  app.get('/docs', docs)
  app.get('/docs/*', docs)

  app.addHook('onClose', async () => {
    await (await page)?.close()
  })
}
