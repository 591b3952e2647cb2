import { ApiError } from '../errors.ts'
import type { ServedModel } from './served.ts'
import { ModelSlot, type Reload } from './slot.ts'
import type { ModelSource } from './source.ts'

/** One model that this service was told to serve, as the repository's index shows it. */
export interface KnownModel {
  readonly name: string
  /** undefined while nothing of it is loaded. */
  readonly version: string | undefined
  /** What was asked for, such as `models:/iris@champion`. */
  readonly reference: string
  readonly state: 'ready' | 'loading' | 'unavailable'
  /** Why it is not ready, or why its last load failed; '' when there is nothing to say. */
  readonly reason: string
}

type Call = 'load' | 'unload'

/** Every model of this service: one slot for each reference, the first is the default. */
export class Models {
  readonly slots: readonly ModelSlot[]
  readonly default: ModelSlot
  /** Told of each `load` and `unload`, to pass it on to the other processes of this service. */
  onCall: ((call: Call, name: string) => void) | undefined

  /** `sources` holds at least one. */
  constructor(sources: readonly ModelSource[]) {
    this.slots = sources.map((source) => new ModelSlot(source))
    this.default = this.slots[0]!
  }

  /** True when every model that was not unloaded on purpose is loaded, and at least one is. */
  get ready(): boolean {
    const wanted = this.slots.filter((slot) => !slot.unloaded)
    return wanted.length > 0 && wanted.every((slot) => slot.current !== undefined)
  }

  /** Every model that serves now. */
  served(): ServedModel[] {
    return this.slots.flatMap((slot) => slot.current ?? [])
  }

  /**
   * The model by name and version. No name is the default model; no version is the first loaded slot of that name.
   * @throws ApiError API_ERR_MODEL_UNKNOWN, or API_ERR_NOT_READY when it is known and not loaded
   */
  find(name?: string, version?: string): ServedModel {
    const { current } = this.default
    if (current !== undefined && name === undefined && (version === undefined || version === current.version)) {
      return current
    }
    const slots = name === undefined ? [this.default] : this.#named(name)
    const loaded = slots.flatMap((slot) => slot.current ?? [])
    if (loaded.length === 0) throw new ApiError('API_ERR_NOT_READY', 'The model is not loaded.')
    const found = loaded.find((model) => version === undefined || model.version === version)
    if (found !== undefined) return found
    throw new ApiError('API_ERR_MODEL_UNKNOWN', 'The model has no such version here; /models lists those that serve.')
  }

  index(): KnownModel[] {
    return this.slots.map((slot) => {
      const { current, last, source, unloaded } = slot
      const waiting = unloaded ? 'unloaded' : ''
      return {
        name: slot.name,
        version: current?.version,
        reference: source.reference,
        state: current !== undefined ? 'ready' : slot.loading ? 'loading' : 'unavailable',
        reason: last?.error?.message ?? waiting,
      }
    })
  }

  /**
   * Loads what the references of a name mean now, also after `unload`; answers how it went in each slot.
   * @throws ApiError API_ERR_MODEL_UNKNOWN
   */
  load(name: string): Promise<Reload[]> {
    const slots = this.#named(name)
    this.onCall?.('load', name)
    return Promise.all(slots.map((slot) => slot.reload()))
  }

  /**
   * Takes a model out of service; requests that hold it are answered.
   * @throws ApiError API_ERR_MODEL_UNKNOWN
   */
  async unload(name: string): Promise<void> {
    const slots = this.#named(name)
    this.onCall?.('unload', name)
    await Promise.all(slots.map((slot) => slot.unload()))
  }

  /** Does what was called in another process of this service. */
  async follow(call: Call, name: string): Promise<void> {
    await Promise.all(this.#named(name).map((slot) => (call === 'load' ? slot.reload() : slot.unload())))
  }

  #named(name: string): readonly ModelSlot[] {
    const slots = this.slots.filter((slot) => slot.name === name)
    if (slots.length > 0) return slots
    throw new ApiError('API_ERR_MODEL_UNKNOWN', 'There is no model of that name here; /models lists those that serve.')
  }
}
