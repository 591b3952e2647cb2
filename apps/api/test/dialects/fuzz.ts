import type { Signature } from '@copse/model'
import fc from 'fast-check'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { build } from '../app.ts'
import { IRIS, irisFiles, MIXED, mixedFiles } from '../bundle.ts'
import { documented } from '../documented.ts'
import type { Body } from './bodies.ts'

/** One kind of body at one route. */
export interface Target {
  readonly name: string
  readonly url: string
  /** As the document has it. */
  readonly path: string
  readonly bodies: (signature: Signature) => fc.Arbitrary<Body>
  /** Of this kind for each model; FUZZ_TIMES multiplies it. */
  readonly count: number
  /** What share of the answers must be 200: 1 when every body is valid. */
  readonly answered: number
}

/** A tenth with the other tests, which have little time; all of it in a step of its own (`pnpm --filter @copse/api run fuzz`). */
const TIMES = Number(process.env.FUZZ_TIMES ?? 0.1)
const models = [
  ['a class of numbers', IRIS, irisFiles],
  ['a number of gaps and categories', MIXED, mixedFiles],
] as const

/** A test of each kind of body with each of two models. */
export function throwAll(targets: readonly Target[]): void {
  for (const [what, signature, files] of models) {
    for (const target of targets) {
      t.test(`${target.name}, ${what}: every body is answered as /openapi.json says, none with a 5xx`, async (t) => {
        const { app } = await build(t, files())
        const count = target.count * TIMES
        const statuses = await throwBodies(app, signature, target, count)
        t.comment(JSON.stringify(statuses))
        const { 200: answered = 0 } = statuses
        t.equal(
          Object.values(statuses).reduce((sum, times) => sum + times, 0),
          count,
        )
        t.ok(target.answered === 1 ? answered === count : answered >= target.answered * count && answered < count)
      })
    }
  }
}

/** How many answers there were of each status. */
type Statuses = Record<number, number>

/**
 * Sends `count` bodies and checks each answer against /openapi.json; a JSON body that is answered with 200 must be one
 * that the document has.
 * @throws Error with the smallest body whose answer is not as it should be
 */
async function throwBodies(
  app: FastifyInstance,
  signature: Signature,
  { url, path, bodies }: Target,
  count: number,
): Promise<Statuses> {
  const { accepts, fault } = await documented(app, 'post', path)
  const statuses: Statuses = {}
  await fc.assert(
    fc.asyncProperty(bodies(signature), async ({ payload, headers }) => {
      const answer = await app.inject({ method: 'POST', url, payload, headers })
      const { statusCode } = answer
      statuses[statusCode] = (statuses[statusCode] ?? 0) + 1
      if (statusCode >= 500) throw new Error(`${statusCode} ${answer.body}`)
      const wrong = fault(answer)
      if (wrong !== undefined) throw new Error(wrong)
      if (statusCode !== 200 || headers['content-type'] !== 'application/json') return
      const python = (payload as string).includes('NaN')
      if (!python && !accepts(JSON.parse(payload as string))) throw new Error('answered what is not documented')
    }),
    { numRuns: count },
  )
  return statuses
}
