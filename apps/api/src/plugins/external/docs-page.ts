import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { type FastifyInstance, fastify } from 'fastify'
import { ApiError } from '../../errors.ts'
import type { sendError } from '../app/errors.ts'

/** Nothing is loaded from elsewhere, and nothing may be. */
const CONTENT_SECURITY_POLICY = {
  'default-src': "'self'",
  'img-src': "'self' data:",
  'style-src': "'self' 'unsafe-inline'",
  'object-src': "'none'",
  'base-uri': "'self'",
  'frame-ancestors': "'self'",
}

/** The app behind `/docs`: Swagger UI over the document that `specification` gives at each look. */
export async function docsPage(
  specification: () => Record<string, unknown>,
  onError: typeof sendError,
): Promise<FastifyInstance> {
  const app = fastify()
  app.setErrorHandler(onError)
  app.setNotFoundHandler((request, reply) =>
    onError(new ApiError('API_ERR_NOT_FOUND', 'The page has no such file.'), request, reply),
  )
  await app.register(swagger, {
    mode: 'static',
    specification: { document: { openapi: '3.1.0', info: { title: 'Copse', version: '0' }, paths: {} } },
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: CONTENT_SECURITY_POLICY,
    transformSpecification: specification,
    transformSpecificationClone: false,
    uiConfig: { tryItOutEnabled: true },
  })
  await app.ready()
  return app
}
