import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { isAway, isRefusal } from './answer.ts'
import { makeDirectory } from './disk.ts'
import { Journal, readJournal } from './journal.ts'
import { acquireLock, type Lock } from './lock.ts'
import type { Answer, Operation, Sender, Sent } from './operation.ts'
import { withoutOvertaken } from './overtaken.ts'
import { Queue } from './queue.ts'
import { type Pending, refusalOf, replay } from './replay.ts'

interface OutboxOptions {
  sender: Sender | undefined
  warn: (warning: string) => void
}

/**
 * One run's way out: its directory with lock and journals, and the sender when there is a server. Each operation is appended
 * to `journal`, then sent, then noted in `sent`. Two queues keep the order of the calls, one for the disk and one for the
 * server, so that the journal never waits for the network. What finds the server away stays pending; the next operation
 * sends it first.
 */
export class Outbox {
  readonly directory: string
  /** Set once the server has answered the start. */
  run: Sent['run']
  readonly #sender: Sender | undefined
  readonly #warn: (warning: string) => void
  readonly #lock: Lock
  readonly #journal: Journal
  readonly #sent: Journal | undefined
  readonly #disk = new Queue()
  readonly #wire = new Queue()
  readonly #pending = new Set<number>()
  readonly #refused = new Set<number>()
  #told = false

  private constructor(
    directory: string,
    { sender, warn }: OutboxOptions,
    files: { lock: Lock; journal: Journal; sent: Journal | undefined },
  ) {
    this.directory = directory
    this.#sender = sender
    this.#warn = warn
    this.#lock = files.lock
    this.#journal = files.journal
    this.#sent = files.sent
  }

  static async create(directory: string, options: OutboxOptions): Promise<Outbox> {
    await makeDirectory(directory)
    // Before the journal, whose making syncs both.
    mkdirSync(join(directory, 'artifacts'), { recursive: true })
    const lock = await acquireLock(join(directory, 'lock'))
    const journal = await Journal.create(join(directory, 'journal'), 'run')
    const sent = options.sender && (await Journal.create(join(directory, 'sent'), 'sent'))
    return new Outbox(directory, options, { lock, journal, sent })
  }

  /** Operations that the server does not have. */
  get pending(): number {
    return this.#pending.size
  }

  /** Appends what `prepare` answers, then sends it; settles when the server has it, or is found away. */
  async apply<T extends Operation>(prepare: () => Promise<T>): Promise<{ operation: T; answer?: Answer }> {
    const { operation, sending } = await this.#disk.run(async () => {
      const operation = await prepare()
      const record = this.#journal.append(operation)
      if (this.#sender) this.#pending.add(record)
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

  /** Waits for what is under way, tries once more to send what is pending, closes the journals and gives the lock back. */
  async close(): Promise<void> {
    await this.#disk.run(async () => {})
    await this.#wire.run(() => this.#sendRest())
    try {
      await this.#journal.close()
      await this.#sent?.close()
    } finally {
      await this.#lock.release()
    }
  }

  async #send(record: number, operation: Operation): Promise<Answer | undefined> {
    if (!this.#sender || !this.#sent) return undefined
    if (this.#sender.isResting) {
      this.#tell('it was away a moment ago')
      return undefined
    }
    try {
      const before = await this.#operationsBefore(record)
      // A start that was refused leaves the operations after it nowhere to go.
      if (before.length > 0 && !(await this.#replay(before))) return undefined
      if (!this.run && operation.op !== 'start') return undefined
      const answer = await this.#sender.apply(operation, this.directory, this.run, false)
      this.#sent.append({ record, ...answer } satisfies Sent)
      this.#pending.delete(record)
      if (answer.run) this.run = answer.run
      return answer
    } catch (error) {
      if (isAway(error)) {
        this.#tell(error.message)
        return undefined
      }
      if (isRefusal(error) || operation.op === 'start') {
        this.#sent.append({ record, refused: refusalOf(error) } satisfies Sent)
        this.#refused.add(record)
        this.#pending.delete(record)
      }
      throw error
    }
  }

  async #sendRest() {
    if (!this.#sender || this.#pending.size === 0 || !(await this.#sender.isUp())) return
    await this.#replay(await this.#operationsBefore(Number.POSITIVE_INFINITY))
  }

  /** Whether the server was there for all of it. */
  async #replay(operations: Pending[]): Promise<boolean> {
    const report = await replay(operations, {
      directory: this.directory,
      sender: this.#sender!,
      sent: this.#sent!,
      run: this.run,
    })
    this.run = report.run
    for (const record of report.settled) this.#pending.delete(record)
    for (const { record, error } of report.refused) {
      this.#refused.add(record)
      this.#warn(error.message)
    }
    for (const { message } of report.failed) this.#warn(message)
    if (report.away) this.#tell(report.away.message)
    return !report.away
  }

  /** Pending operations with a lower number, read back from the journal. */
  async #operationsBefore(record: number): Promise<Pending[]> {
    const wanted = [...this.#pending].filter((pending) => pending < record)
    if (wanted.length === 0) return []
    const { records } = await readJournal(this.#journal.path, 'run')
    const operations = records as Operation[]
    const pending = wanted.map((number) => ({ record: number, operation: operations[number - 1]! }))
    return withoutOvertaken(pending, operations, (each) => !this.#pending.has(each) && !this.#refused.has(each))
  }

  #tell(reason: string) {
    if (this.#told) return
    this.#told = true
    this.#warn(`The run in ${this.directory} goes on without the server, and is sent later: ${reason}`)
  }
}
