import { readFile, statfs } from 'node:fs/promises'
import { cpus, freemem, totalmem } from 'node:os'

const MEGABYTE = 1e6

/** Logs what the machine does, under the names that MLflow's page of system metrics shows, each `intervalMs` until stopped. */
export class SystemMetrics {
  readonly #log: (metrics: Record<string, number>, step: number) => Promise<void>
  readonly #timer: NodeJS.Timeout
  #before = cpuTimes()
  #network = networkMegabytes()
  #step = 0
  #last: Promise<void> = Promise.resolve()

  constructor(log: (metrics: Record<string, number>, step: number) => Promise<void>, intervalMs: number) {
    this.#log = log
    // What is measured for a run must not keep its process alive, and must not end it either.
    this.#timer = setInterval(() => {
      this.#last = this.#measure().catch(() => {})
    }, intervalMs).unref()
  }

  /** Waits for a measurement that is under way. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#last
  }

  async #measure() {
    const now = cpuTimes()
    const busy = now.busy - this.#before.busy
    const all = now.all - this.#before.all
    this.#before = now
    const used = totalmem() - freemem()
    const disk = await statfs('/').catch(() => undefined)
    await this.#log(
      {
        ...(all > 0 && { 'system/cpu_utilization_percentage': (100 * busy) / all }),
        'system/system_memory_usage_megabytes': used / MEGABYTE,
        'system/system_memory_usage_percentage': (100 * used) / totalmem(),
        ...(disk && diskMetrics(disk)),
        ...(await this.#networkMetrics()),
      },
      this.#step++,
    )
  }

  async #networkMetrics() {
    const [before, now] = await Promise.all([this.#network, networkMegabytes()])
    if (!before || !now) return {}
    return {
      'system/network_receive_megabytes': now.received - before.received,
      'system/network_transmit_megabytes': now.sent - before.sent,
    }
  }
}

function cpuTimes() {
  let all = 0
  let idle = 0
  for (const { times } of cpus()) {
    all += times.user + times.nice + times.sys + times.idle + times.irq
    idle += times.idle
  }
  return { all, busy: all - idle }
}

function diskMetrics({
  blocks,
  bavail,
  bfree,
  bsize,
}: {
  blocks: number
  bavail: number
  bfree: number
  bsize: number
}) {
  return {
    'system/disk_usage_percentage': (100 * (blocks - bfree)) / blocks,
    'system/disk_usage_megabytes': ((blocks - bfree) * bsize) / MEGABYTE,
    'system/disk_available_megabytes': (bavail * bsize) / MEGABYTE,
  }
}

/** All interfaces but loopback; Linux only. */
async function networkMegabytes(): Promise<{ received: number; sent: number } | undefined> {
  const text = await readFile('/proc/net/dev', 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  let received = 0
  let sent = 0
  for (const line of text.split('\n').slice(2)) {
    const [name, numbers = ''] = line.split(':')
    const fields = numbers.trim().split(/\s+/).map(Number)
    if (name?.trim() === 'lo' || fields.length < 9) continue
    received += fields[0]! / MEGABYTE
    sent += fields[8]! / MEGABYTE
  }
  return { received, sent }
}
