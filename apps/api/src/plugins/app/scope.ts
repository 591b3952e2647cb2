import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import fp from 'fastify-plugin'
import { auditLog } from '../../access/audit.ts'
import type { Scope } from '../../access/keys.ts'
import { openKeysFile } from '../../access/keys-file.ts'
import { isLoopback } from '../../address.ts'
import { ApiError } from '../../errors.ts'

/** Why a request may not come in; undefined when it may. Sets `request.caller` and what the refusal's headers need. */
export type Check = (request: FastifyRequest, reply: FastifyReply) => ApiError | undefined

declare module 'fastify' {
  export interface FastifyInstance {
    /** The onRequest hook of a route that only callers with this scope may use; calls of `admin` routes are logged. */
    scope: (scope: Scope) => onRequestHookHandler
    /** The same as a function, for hooks that check more. */
    permit: (scope: Scope) => Check
  }
  export interface FastifyRequest {
    /** Name of the caller's key; '' without one. */
    caller: string
  }
}

export interface ScopeOptions {
  readonly host: string
  readonly apiKeysFile: string | undefined
}

/**
 * With a keys file each scope needs a key that has it. With none everything is open on a loopback address, but `admin`
 * and `feedback` not to pages of other origins, and on any other address those two are closed.
 */
export default fp<ScopeOptions>(
  async (app, { host, apiKeysFile }) => {
    const audit = auditLog(app.log)
    app.decorateRequest('caller', '')
    const permit = apiKeysFile === undefined ? withoutKeys(isLoopback(host)) : await withKeys(apiKeysFile)
    app.decorate('permit', permit)
    app.decorate('scope', (scope: Scope): onRequestHookHandler => {
      const check = permit(scope)
      if (scope !== 'admin') return (request, reply, done) => done(check(request, reply))
      return (request, reply, done) => {
        audit(request, reply)
        done(check(request, reply))
      }
    })

    async function withKeys(path: string) {
      const file = await openKeysFile(path, {
        onChange(error) {
          if (error === undefined) app.log.info('the keys file was read anew')
          else app.log.error({ reason: error.message }, 'the keys file cannot be used; the keys before stay')
        },
      })
      app.addHook('onClose', async () => file.close())
      return (scope: Scope): Check =>
        (request, reply) => {
          const presented = keyOf(request)
          const key = presented === undefined ? undefined : file.keys.find(presented)
          if (key === undefined) {
            reply.header('www-authenticate', 'Bearer')
            const what = presented === undefined ? 'This route needs a key' : 'The key is not known'
            return new ApiError('API_ERR_KEY', `${what}; send one as Authorization: Bearer or X-API-Key.`)
          }
          request.caller = key.name
          if (key.scopes.has(scope)) return undefined
          return new ApiError('API_ERR_SCOPE', `The key does not have the scope ${scope}, which this route needs.`)
        }
    }
  },
  { name: 'scope' },
)

const pass: Check = () => undefined

const closed: Check = () =>
  new ApiError('API_ERR_ADMIN_CLOSED', 'Without a keys file this route is closed on an address that is not loopback.')

/** A browser sends requests to loopback for any page that asks it to, and tells whose in `Origin`. */
const ownPages: Check = ({ headers }) =>
  headers.origin === undefined || isOwn(headers.origin, headers.host)
    ? undefined
    : new ApiError('API_ERR_ORIGIN', 'Without a keys file this route is closed to pages of other origins.')

/** Whether an origin is this service under a name of loopback: any other name may lead here by its owner's will. */
function isOwn(origin: string, host: string | undefined): boolean {
  const url = URL.parse(origin)
  return url !== null && url.host === host && isLoopback(url.hostname.replace(/^\[|\]$/g, ''))
}

function withoutKeys(open: boolean) {
  return (scope: Scope) => (scope === 'predict' ? pass : open ? ownPages : closed)
}

function keyOf({ headers }: FastifyRequest): string | undefined {
  const { authorization, 'x-api-key': key } = headers
  if (typeof key === 'string') return key
  return authorization && /^bearer +(\S+) *$/i.exec(authorization)?.[1]
}
