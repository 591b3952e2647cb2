import { ApiError, type ApiErrorCode } from '../errors.ts'
import { OneAtATime } from '../one-at-a-time.ts'
import { readBundle } from './bundle.ts'
import { ServedModel } from './served.ts'
import { signatureChange } from './signature-change.ts'
import type { Located, ModelSource } from './source.ts'
import { warmUp } from './warm-up.ts'

export type ReloadResult = 'swapped' | 'unchanged' | 'failed'

/** How the last load went. */
export interface Reload {
  readonly result: ReloadResult
  /** Milliseconds since 1970. */
  readonly at: number
  /** Why it failed; undefined unless `result` is `failed`. */
  readonly error: ApiError | undefined
}

/**
 * The place of one served model. `current` changes in one assignment, only to a model that passed every check, and a
 * load that fails leaves it as it was.
 */
export class ModelSlot {
  readonly source: ModelSource
  current: ServedModel | undefined
  last: Reload | undefined
  /** Taken out of service on purpose: stays so until the next `reload`. */
  unloaded = false
  /** The registry did not answer when it was last asked whether there is something new. */
  away = false
  readonly #listeners: ((reload: Reload) => void)[] = []
  readonly #onUnload: (() => void)[] = []
  readonly #loads = new OneAtATime(
    () => this.#load(),
    (reload) => {
      this.last = reload
      for (const listener of this.#listeners) listener(reload)
    },
  )

  constructor(source: ModelSource) {
    this.source = source
  }

  get name(): string {
    return this.source.name
  }

  get loading(): boolean {
    return this.#loads.isRunning
  }

  /** True when the registry does not answer and what it gave last is served. */
  get stale(): boolean {
    return this.current !== undefined && (this.away || this.current.origin.stale)
  }

  /** `listener` hears after each load how it went. */
  addListener(listener: (reload: Reload) => void): void {
    this.#listeners.push(listener)
  }

  /** `listener` hears after each `unload`. */
  addUnloadListener(listener: () => void): void {
    this.#onUnload.push(listener)
  }

  /**
   * Loads what the reference means now; never rejects. One load runs at a time: calls made meanwhile share the one
   * that starts after it, so each caller gets a load that began after its call.
   */
  reload(): Promise<Reload> {
    return this.#loads.run()
  }

  /** Takes the model out of service, after the loads that were asked for before. */
  async unload(): Promise<void> {
    await this.#loads.idle()
    this.unloaded = true
    this.current = undefined
    for (const listener of this.#onUnload) listener()
  }

  async #load(): Promise<Reload> {
    this.unloaded = false
    try {
      const located = await this.source.locate()
      const next = await this.#read(located)
      const same = next.bundle === this.current?.bundle && next.version === this.current.version
      const result = same ? 'unchanged' : 'swapped'
      this.current = next
      return { result, at: Date.now(), error: undefined }
    } catch (error) {
      return { result: 'failed', at: Date.now(), error: asApiError(error) }
    }
  }

  /** The same bytes keep the bundle that is loaded, and only what the registry says about it is new. */
  async #read(located: Located): Promise<ServedModel> {
    const { current } = this
    const bundle = await readBundle(located.directory, located.bundleSha256)
    if (current !== undefined && current.bundle.bundleSha256 === bundle.bundleSha256)
      return new ServedModel(located.origin, current.bundle, current.loadedAt)
    const change = current && signatureChange(current.signature, bundle.forest.signature)
    if (change !== undefined) throw otherSignature(change)
    const model = new ServedModel(located.origin, bundle)
    warmUp(model)
    return model
  }
}

/** Clients are told of a new signature before it serves, not after: it comes with a restart, or with an unload and a load. */
function otherSignature(change: string): ApiError {
  return new ApiError('API_ERR_SIGNATURE', `The model on offer takes or answers something else: ${change}.`)
}

function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  const code: ApiErrorCode = 'API_ERR_INTERNAL'
  return new ApiError(code, `The model could not be loaded: ${(error as Error).message}`, { cause: error })
}
