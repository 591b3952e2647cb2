import { hash } from 'node:crypto'
import { readdir, readFile, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { AwsClient } from 'aws4fetch'
import { ExponentialBackoff, handleWhen, retry } from 'cockatiel'

/** Where closed segments go: a bucket of a store that speaks S3. */
export interface UploadSettings {
  readonly bucket: string
  /** Begins the key of each object; '' or ends in a slash. */
  readonly prefix: string
  /** Of the store, without a path; AWS's own by region when undefined. */
  readonly endpoint: string | undefined
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string | undefined
}

export interface UploadOptions {
  readonly settings: UploadSettings
  /** Told why a segment was not taken; it stays where it is and is tried again. */
  readonly onFailure: (path: string, reason: string) => void
  readonly firstDelayMs?: number
  /** Between two looks at what is still there. */
  readonly againMs?: number
}

const RETRIES = 6
/** Milliseconds for one attempt, and more by size. */
const ATTEMPT_MS = 30_000
const LEAST_BYTES_PER_MS = 100
const AGAIN_MS = 300_000

class Refused extends Error {
  readonly transient: boolean

  constructor(message: string, status = 500) {
    super(message)
    this.transient = status === 408 || status === 429 || status >= 500
  }
}

/**
 * Uploads closed segments one after the other, and deletes each only after the store has said that it holds as many bytes
 * with the same sha256. What fails stays, and is tried again later and after a restart.
 */
export class Upload {
  readonly counts = { uploaded: 0, failed: 0 }
  readonly #options: UploadOptions
  readonly #client: AwsClient
  readonly #root: string
  readonly #directory: string
  readonly #waiting: string[] = []
  readonly #closing = new AbortController()
  readonly #timer: NodeJS.Timeout
  #running: Promise<void> | undefined

  /** Takes the closed segments of `directory`, those of now first. */
  constructor(directory: string, options: UploadOptions) {
    const { bucket, endpoint, region, accessKeyId, secretAccessKey, sessionToken } = options.settings
    this.#directory = directory
    this.#options = options
    this.#root = `${endpoint ?? `https://s3.${region}.amazonaws.com`}/${encodeURIComponent(bucket)}/`
    this.#client = new AwsClient({
      accessKeyId,
      secretAccessKey,
      ...(sessionToken !== undefined && { sessionToken }),
      region,
      service: 's3',
      retries: 0,
    })
    this.#timer = setInterval(() => void this.addAll(), options.againMs ?? AGAIN_MS).unref()
  }

  /** Closed segments that wait. */
  get waiting(): number {
    return this.#waiting.length
  }

  add(path: string): void {
    if (!this.#waiting.includes(path)) this.#waiting.push(path)
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
    })
  }

  /** Adds every closed segment that is there. */
  async addAll(): Promise<void> {
    const names = await readdir(this.#directory).catch(() => [])
    for (const name of names.sort()) if (name.endsWith('.ndjson')) this.add(join(this.#directory, name))
  }

  /** Ends what is under way after at most `ms`; what waits stays for the next process. */
  async close(ms = 5000): Promise<void> {
    clearInterval(this.#timer)
    const late = setTimeout(() => this.#closing.abort(), ms)
    await this.#running
    clearTimeout(late)
    this.#closing.abort()
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#closing.signal.aborted) {
      const path = this.#waiting[0]!
      try {
        await this.#upload(path)
        this.counts.uploaded++
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        // The retention was faster.
        if (code !== 'ENOENT') {
          this.counts.failed++
          this.#options.onFailure(path, reasonOf(error))
        }
      }
      this.#waiting.shift()
    }
  }

  async #upload(path: string): Promise<void> {
    const bytes = await readFile(path)
    const key = `${this.#options.settings.prefix}${basename(path)}`
    const url = this.#root + key.split('/').map(encodeURIComponent).join('/')
    const policy = retry(
      handleWhen((error) => !(error instanceof Refused) || error.transient),
      {
        maxAttempts: RETRIES,
        backoff: new ExponentialBackoff({ initialDelay: this.#options.firstDelayMs ?? 1000, maxDelay: 60_000 }),
      },
    )
    await policy.execute(({ signal }) => this.#put(url, bytes, signal), this.#closing.signal)
    await rm(path)
  }

  /** The store checks the sum that is part of the signature; what it holds is then asked for. */
  async #put(url: string, bytes: Buffer<ArrayBuffer>, signal: AbortSignal): Promise<void> {
    const timeout = ATTEMPT_MS + Math.ceil(bytes.length / LEAST_BYTES_PER_MS)
    const limits = { redirect: 'error' as const, signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]) }
    const sum = hash('sha256', bytes, 'base64')
    const sent = await this.#client.fetch(url, {
      ...limits,
      method: 'PUT',
      body: bytes,
      headers: {
        'content-type': 'application/x-ndjson',
        'x-amz-content-sha256': Buffer.from(sum, 'base64').toString('hex'),
        'x-amz-checksum-sha256': sum,
      },
    })
    await sent.body?.cancel()
    if (!sent.ok) throw new Refused(`the store answered ${sent.status}`, sent.status)
    const held = await this.#client.fetch(url, {
      ...limits,
      method: 'HEAD',
      headers: { 'x-amz-checksum-mode': 'ENABLED' },
    })
    if (!held.ok) throw new Refused(`the store answered ${held.status}`, held.status)
    const length = Number(held.headers.get('content-length'))
    if (length !== bytes.length) throw new Refused(`the store holds ${length} of ${bytes.length} bytes`)
    const theirs = held.headers.get('x-amz-checksum-sha256')
    if (theirs !== null && theirs !== sum) throw new Refused('the store holds other bytes')
  }
}

function reasonOf(error: unknown): string {
  const { name, message, cause } = error as Error & { cause?: { code?: string } }
  if (error instanceof Refused) return message
  return cause?.code ?? name
}
