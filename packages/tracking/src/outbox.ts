import { join } from 'node:path'
import { makeDirectory } from './disk.ts'
import { TrackingError } from './errors.ts'
import { Journal } from './journal.ts'
import { acquireLock, type Lock } from './lock.ts'
import type { Operation, Sent } from './operation.ts'
import { Queue } from './queue.ts'

/** What a server answered to one operation. */
export type Answer = Omit<Sent, 'record'>

/** Takes a run's operations to a server. `run` is what the start was answered with; only the start itself goes without. */
export interface Sender {
  apply(operation: Operation, directory: string, run: Sent['run']): Promise<Answer>
  runUrl(run: NonNullable<Sent['run']>): string
}

/**
 * One run's way out: its directory with lock and journals, and the sender when there is a server. Each operation is appended
 * to `journal`, then sent, then noted in `sent`. Two queues keep the order of the calls, one for the disk and one for the
 * server, so that the journal never waits for the network.
 */
export class Outbox {
  readonly directory: string
  /** Set once the server has answered the start. */
  run: Sent['run']
  readonly #sender: Sender | undefined
  readonly #lock: Lock
  readonly #journal: Journal
  readonly #sent: Journal | undefined
  readonly #disk = new Queue()
  readonly #wire = new Queue()

  private constructor(
    directory: string,
    sender: Sender | undefined,
    files: { lock: Lock; journal: Journal; sent: Journal | undefined },
  ) {
    this.directory = directory
    this.#sender = sender
    this.#lock = files.lock
    this.#journal = files.journal
    this.#sent = files.sent
  }

  static async create(directory: string, sender: Sender | undefined): Promise<Outbox> {
    await makeDirectory(directory)
    const lock = await acquireLock(join(directory, 'lock'))
    const journal = await Journal.create(join(directory, 'journal'), 'run')
    const sent = sender && (await Journal.create(join(directory, 'sent'), 'sent'))
    return new Outbox(directory, sender, { lock, journal, sent })
  }

  /** Appends what `prepare` answers, then sends it; settles when the server has it. A sender is used only after a start arrived. */
  async apply<T extends Operation>(prepare: () => Promise<T>): Promise<{ operation: T; answer?: Answer }> {
    const { operation, sending } = await this.#disk.run(async () => {
      const operation = await prepare()
      const record = this.#journal.append(operation)
      // In an object, so that this queue does not wait for it.
      return { operation, sending: this.#wire.run(() => this.#send(record, operation)) }
    })
    const answer = await sending
    return answer ? { operation, answer } : { operation }
  }

  async flush(): Promise<void> {
    await this.#disk.run(async () => {
      await this.#journal.flush()
      await this.#sent?.flush()
    })
  }

  /** Waits for what is under way, then closes the journals and gives the lock back. */
  async close(): Promise<void> {
    await this.#disk.run(async () => {})
    await this.#wire.run(async () => {})
    try {
      await this.#journal.close()
      await this.#sent?.close()
    } finally {
      await this.#lock.release()
    }
  }

  async #send(record: number, operation: Operation): Promise<Answer | undefined> {
    if (!this.#sender || (!this.run && operation.op !== 'start')) return undefined
    try {
      const answer = await this.#sender.apply(operation, this.directory, this.run)
      this.#sent?.append({ record, ...answer } satisfies Sent)
      if (answer.run) this.run = answer.run
      return answer
    } catch (error) {
      if (isRefusal(error)) {
        const { status, errorCode } = error
        this.#sent?.append({ record, refused: { status, errorCode } } satisfies Sent)
      }
      throw error
    }
  }
}

/** An answer that the same request would get again. */
function isRefusal(error: unknown): error is TrackingError {
  if (!(error instanceof TrackingError) || error.code !== 'TRACKING_ERR_HTTP') return false
  return error.status !== undefined && error.status >= 400 && error.status < 500 && error.status !== 429
}
