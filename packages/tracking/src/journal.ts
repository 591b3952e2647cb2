import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { codeOf } from './disk.ts'
import { TrackingError } from './errors.ts'
import { type Files, nodeFiles } from './files.ts'
import { type DropReason, encodeRecord, MAX_RECORD_BYTES, type Scan, scanRecords } from './record.ts'

export type JournalKind = 'run' | 'sent' | 'registry'

/** What was found unusable at the end of a journal: everything from the first record that is not whole and right. */
export interface Dropped {
  bytes: number
  reason: DropReason
}

export interface JournalContents {
  /** The operations in order, the journal's own first record left out. */
  records: object[]
  dropped?: Dropped
}

const FORMAT = 'copse-journal'
const VERSION = 1
const MAX_JOURNAL_BYTES = 2 ** 31 - 1
/** Milliseconds that an appended record may wait for the disk. */
const SYNC_INTERVAL = 1000
/** Never synced: what it lost is looked for on the server, and found. Syncing it was a third of what a short run costs. */
const UNSYNCED: JournalKind = 'sent'

/**
 * Reads a journal's longest valid prefix and says what it left out. Throws TRACKING_ERR_JOURNAL when the file cannot be
 * read, is newer than this program or is a journal of another kind.
 */
export async function readJournal(path: string, kind?: JournalKind): Promise<JournalContents> {
  const { records, dropped } = check(path, kind, scanRecords(await readBytes(path)))
  return { records: records.slice(1), ...(dropped && { dropped }) }
}

export function describeDropped(path: string, dropped: Dropped): string {
  return `The journal ${path} was damaged: its last ${dropped.bytes} bytes were dropped (${dropped.reason})`
}

/** An append-only file of records. What `append` returned for survives the death of the process, what `flush` returned for a power cut (not in the kind `sent`). */
export class Journal {
  readonly path: string
  /** What `open` cut off, if anything. */
  readonly dropped: Dropped | undefined
  readonly #files: Files
  readonly #file: number
  readonly #isSynced: boolean
  #size: number
  #sequence: number
  #unsynced = false
  #syncing: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #broken: unknown
  #closed = false

  private constructor(path: string, kind: JournalKind, files: Files, file: number, scan: Scan) {
    this.path = path
    this.#isSynced = kind !== UNSYNCED
    this.#files = files
    this.#file = file
    this.#size = scan.validBytes
    this.#sequence = scan.records.length
    this.dropped = scan.dropped
  }

  /** Makes a journal; the file must not exist. */
  static async create(path: string, kind: JournalKind, files: Files = nodeFiles): Promise<Journal> {
    const file = openFile(path, 'wx', files)
    const journal = new Journal(path, kind, files, file, { records: [], validBytes: 0 })
    try {
      journal.append({ format: FORMAT, version: VERSION, kind })
      if (journal.#isSynced) await files.syncDirectory(dirname(path))
      return journal
    } catch (error) {
      await journal.close().catch(() => {})
      throw error
    }
  }

  /** Opens a journal to append to it (its one writer's lock must be held), cuts off what is not valid, and reads the rest. */
  static async open(
    path: string,
    kind: JournalKind,
    files: Files = nodeFiles,
  ): Promise<{ journal: Journal; records: object[] }> {
    const file = openFile(path, 'r+', files)
    try {
      const scan = check(path, kind, scanRecords(files.read(file)))
      if (scan.dropped) {
        files.truncate(file, scan.validBytes)
        // Or after a power cut a dropped record might follow a new one of the length of what was damaged.
        await files.sync(file)
      }
      const journal = new Journal(path, kind, files, file, scan)
      if (scan.records.length === 0) journal.append({ format: FORMAT, version: VERSION, kind })
      return { journal, records: scan.records.slice(1) }
    } catch (error) {
      files.close(file)
      throw error
    }
  }

  /** Writes one record and returns its number. A record that could not be written whole is taken back. */
  append(value: object): number {
    this.#checkUsable()
    const sequence = this.#sequence
    const record = encodeRecord(sequence, value)
    if (record.length > MAX_RECORD_BYTES) {
      throw new TrackingError(
        'TRACKING_ERR_TOO_LARGE',
        `One operation holds ${record.length} bytes, over ${MAX_RECORD_BYTES}`,
      )
    }
    try {
      let written = 0
      while (written < record.length) {
        written += this.#files.write(this.#file, record, written, record.length - written, this.#size + written)
      }
    } catch (cause) {
      this.#takeBack(cause)
      throw new TrackingError('TRACKING_ERR_JOURNAL', `The journal ${this.path} cannot be written (${codeOf(cause)})`, {
        cause,
      })
    }
    this.#size += record.length
    this.#sequence += 1
    if (this.#isSynced) {
      this.#unsynced = true
      this.#timer ??= setTimeout(() => this.#syncLater(), SYNC_INTERVAL).unref()
    }
    return sequence
  }

  /** Waits until all that was appended so far is on the disk. */
  async flush(): Promise<void> {
    this.#checkUsable()
    while (this.#syncing) await this.#syncing
    if (this.#unsynced) await this.#sync()
    this.#checkUsable()
  }

  /** Flushes and closes; nothing can be appended after it. A second call does nothing. */
  async close(): Promise<void> {
    if (this.#closed) return
    try {
      await this.flush()
    } finally {
      this.#closed = true
      clearTimeout(this.#timer)
      await this.#syncing
      this.#files.close(this.#file)
    }
  }

  async #sync() {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#unsynced = false
    this.#syncing = this.#files
      .sync(this.#file)
      // After a failed sync nobody knows what the disk holds, so nothing more is promised.
      .catch((error) => {
        this.#broken = error
      })
      .finally(() => {
        this.#syncing = undefined
      })
    await this.#syncing
  }

  #syncLater() {
    this.#timer = this.#syncing && setTimeout(() => this.#syncLater(), SYNC_INTERVAL).unref()
    if (this.#unsynced && !this.#syncing) void this.#sync()
  }

  #takeBack(cause: unknown) {
    try {
      this.#files.truncate(this.#file, this.#size)
    } catch {
      this.#broken = cause
    }
  }

  #checkUsable() {
    if (this.#closed) throw new TrackingError('TRACKING_ERR_JOURNAL', `The journal ${this.path} is closed`)
    if (this.#broken === undefined) return
    throw new TrackingError('TRACKING_ERR_JOURNAL', `The journal ${this.path} failed and takes no more records`, {
      cause: this.#broken,
    })
  }
}

function openFile(path: string, flags: 'wx' | 'r+', files: Files) {
  try {
    return files.open(path, flags)
  } catch (cause) {
    throw new TrackingError('TRACKING_ERR_JOURNAL', `The journal ${path} cannot be opened (${codeOf(cause)})`, {
      cause,
    })
  }
}

async function readBytes(path: string): Promise<Buffer> {
  const unreadable = (cause?: unknown) =>
    new TrackingError('TRACKING_ERR_JOURNAL', `The journal ${path} cannot be read (${codeOf(cause) ?? 'too large'})`, {
      cause,
    })
  const handle = await open(path, 'r').catch((cause) => {
    throw unreadable(cause)
  })
  try {
    if ((await handle.stat()).size > MAX_JOURNAL_BYTES) throw unreadable()
    return await handle.readFile()
  } catch (cause) {
    throw cause instanceof TrackingError ? cause : unreadable(cause)
  } finally {
    await handle.close()
  }
}

function check(path: string, kind: JournalKind | undefined, scan: Scan): Scan {
  const [first] = scan.records as { format?: unknown; version?: unknown; kind?: unknown }[]
  if (first === undefined) return scan
  const wrong = (found: string, expected: string) =>
    new TrackingError('TRACKING_ERR_JOURNAL', `${path} is ${found} where ${expected} was expected`)
  if (first.format !== FORMAT) throw wrong('no journal', FORMAT)
  if (first.version !== VERSION) throw wrong(`a journal of version ${String(first.version)}`, `version ${VERSION}`)
  if (kind !== undefined && first.kind !== kind) throw wrong(`a journal of ${String(first.kind)}`, `one of ${kind}`)
  return scan
}
