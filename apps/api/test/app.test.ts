import { pino } from 'pino'
import t, { type Test } from 'tap'
import { buildUnloaded } from './app.ts'

interface Line {
  readonly level: number
  readonly msg: string
  readonly reqId?: string
}

/** An app that logs from this level on, and what it logged. */
async function logging(t: Test, level: string) {
  const lines: Line[] = []
  const logger = pino({ level }, { write: (line) => void lines.push(JSON.parse(line)) })
  const { app } = await buildUnloaded(t, undefined, {}, false, logger)
  app.scrape = async () => {
    throw new Error('broken')
  }
  return { app, lines }
}

t.test('at level info a request is two lines with its id', async (t) => {
  const { app, lines } = await logging(t, 'info')
  await app.inject('/livez')
  t.match(lines, [{ msg: 'incoming request' }, { msg: 'request completed', res: { statusCode: 200 } }])
  t.match(lines[0]!.reqId, /^\w+-1$/)
  t.equal(lines[1]!.reqId, lines[0]!.reqId)
})

t.test('above it a request is no line, but one that broke the service is told as ever', async (t) => {
  const { app, lines } = await logging(t, 'warn')
  await app.inject('/livez')
  await app.inject('/nowhere')
  t.strictSame(lines, [])
  t.equal((await app.inject('/metrics')).statusCode, 500)
  t.match(lines, [{ level: 50, err: { message: 'broken' } }])
})

t.test('without a logger nothing is told', async (t) => {
  const { app } = await buildUnloaded(t)
  t.equal((await app.inject('/livez')).statusCode, 200)
  t.equal(app.log.level, undefined)
})
