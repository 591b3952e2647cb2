import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { MONITOR_DEFAULTS, Monitor } from '../../src/monitoring/monitor.ts'
import { Webhook } from '../../src/monitoring/webhook.ts'
import { freePort } from '../free-port.ts'
import { batchOf, irisFacts, shifted } from './facts.ts'

/** Answers the statuses one after the other, the last for ever; keeps what was sent. */
async function receiver(t: Test, statuses: number[], location?: string) {
  const bodies: Record<string, unknown>[] = []
  const server = createServer(async (request: IncomingMessage, response) => {
    bodies.push((await json(request)) as Record<string, unknown>)
    const status = statuses.length > 1 ? statuses.shift()! : statuses[0]!
    response.writeHead(status, location ? { location } : {}).end('thanks')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?token=secret`, bodies }
}

/** A monitor of traffic that begins to drift at once. */
function drifting(t: Test, url: string) {
  const reasons: string[] = []
  const webhook = new Webhook({ url, onFailure: (reason) => void reasons.push(reason), firstDelayMs: 1 })
  const monitor = new Monitor({ ...MONITOR_DEFAULTS, parts: { webhook } })
  t.teardown(() => monitor.close())
  const facts = irisFacts()
  monitor.serve([facts])
  monitor.take(batchOf(facts, shifted(200, 1, 3)))
  return { monitor, webhook, reasons }
}

async function settled({ counts }: Webhook): Promise<void> {
  while (counts.delivered + counts.failed === 0) await new Promise((resolve) => setTimeout(resolve, 5))
}

t.test('one call a rising edge, with what drifted', async (t) => {
  const { url, bodies } = await receiver(t, [204])
  const { monitor, webhook } = drifting(t, url)
  monitor.check()
  t.equal(monitor.served()[0]!.report.state, 'none')
  for (let i = 0; i < 5; i++) monitor.check()
  await settled(webhook)
  t.equal(bodies.length, 1)
  t.match(bodies[0], {
    event: 'drift',
    model: { name: 'iris', version: '1', sha256: /^[0-9a-f]{64}$/ },
    state: 'drift',
    rows: 200,
    series: [{ name: 'sepal_length', kind: 'feature', q: Number, psi: Number, jensen_shannon: Number, missing: 0 }],
  })
  t.strictSame(webhook.counts, { delivered: 1, failed: 0 })
})

t.test('what another attempt may mend is tried again', async (t) => {
  const { url, bodies } = await receiver(t, [500, 429, 408, 200])
  const { monitor, webhook, reasons } = drifting(t, url)
  monitor.check()
  monitor.check()
  await settled(webhook)
  t.equal(bodies.length, 4)
  t.strictSame([webhook.counts.delivered, reasons], [1, []])
})

t.test('a refusal is not, and its reason names no address', async (t) => {
  const elsewhere = await receiver(t, [200])
  for (const status of [400, 404, 302, 307]) {
    const { url, bodies } = await receiver(t, [status], elsewhere.url)
    const { monitor, webhook, reasons } = drifting(t, url)
    monitor.check()
    monitor.check()
    await settled(webhook)
    t.equal(bodies.length, 1)
    t.strictSame(reasons, [`it was answered ${status}`])
  }
  t.equal(elsewhere.bodies.length, 0, 'no redirect is followed')
})

t.test('nobody there: given up after all attempts', async (t) => {
  const { monitor, webhook, reasons } = drifting(t, `http://127.0.0.1:${await freePort()}/secret`)
  monitor.check()
  monitor.check()
  await settled(webhook)
  t.strictSame([webhook.counts.failed, reasons], [1, ['ECONNREFUSED']])
})
