import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Segment, SegmentSink } from './segment-sink.ts'

/** What a closed segment's name ends in, and one that is being written or was when its process was killed. */
export const CLOSED = '.ndjson'
export const OPEN = '.ndjson.open'

export interface FileSinkOptions {
  readonly directory: string
  /** Closed segments older than this many milliseconds are deleted. */
  readonly retainMs?: number | undefined
  /** The oldest closed segments are deleted while all together have more bytes. */
  readonly retainBytes?: number | undefined
  /** Called with the path of each closed segment, such as to upload it. */
  readonly onClosed?: ((path: string) => void) | undefined
}

/** Segments as files of a directory: `NAME-HOST-PID.ndjson.open` while written, renamed without `.open` at the end. */
export class FileSink implements SegmentSink {
  readonly #options: FileSinkOptions
  readonly #owner = `${hostname().replaceAll(/[^\w.]/g, '_')}-${process.pid}`

  constructor(options: FileSinkOptions) {
    this.#options = options
  }

  async open(name: string): Promise<Segment> {
    const { directory, onClosed } = this.#options
    await mkdir(directory, { recursive: true, mode: 0o700 })
    await this.prune(Date.now())
    const closed = join(directory, `${name}-${this.#owner}${CLOSED}`)
    const path = `${closed.slice(0, -CLOSED.length)}${OPEN}`
    const file = await open(path, 'ax', 0o600)
    return {
      async write(bytes) {
        for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten
      },
      sync: () => file.datasync(),
      async close() {
        await file.close()
        await rename(path, closed)
        await syncDirectory(directory)
        onClosed?.(closed)
      },
    }
  }

  /**
   * Closes the segments that earlier processes of this machine left open when they were killed, and returns their paths.
   * To be called before the first `open`.
   */
  async recover(): Promise<string[]> {
    const { directory, onClosed } = this.#options
    const recovered: string[] = []
    for (const name of await namesIn(directory)) {
      if (!name.endsWith(OPEN) || !this.#isOrphan(name)) continue
      const path = join(directory, name)
      const closed = path.slice(0, -'.open'.length)
      await rename(path, closed)
      recovered.push(closed)
      onClosed?.(closed)
    }
    return recovered
  }

  /** Deletes what is beyond the retention at `now`, and returns the paths. */
  async prune(now: number): Promise<string[]> {
    const { directory, retainMs = Infinity, retainBytes = Infinity } = this.#options
    if (retainMs === Infinity && retainBytes === Infinity) return []
    const pruned: string[] = []
    let bytes = 0
    for (const name of (await namesIn(directory)).sort().reverse()) {
      if (!name.endsWith(CLOSED)) continue
      const path = join(directory, name)
      const found = await stat(path).catch(() => undefined)
      if (!found) continue
      bytes += found.size
      if (now - found.mtimeMs <= retainMs && bytes <= retainBytes) continue
      await rm(path, { force: true })
      pruned.push(path)
    }
    return pruned
  }

  /** A segment of this host whose process is gone; one of this very id is of an earlier life of a container. */
  #isOrphan(name: string): boolean {
    const [host, pid] = this.#owner.split(/-(?=\d+$)/)
    const owner = /-([\w.]+)-(\d+)\.ndjson\.open$/.exec(name)
    if (!owner || owner[1] !== host) return false
    return owner[2] === pid || !isAlive(Number(owner[2]))
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function namesIn(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => [])
}

/** Windows cannot open a directory to sync it; its renames are durable without. */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
