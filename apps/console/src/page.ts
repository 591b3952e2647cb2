import { Announcer } from './announcer.ts'
import { type KnownModel, readModels } from './answers.ts'
import { Client, type KeyStore } from './client.ts'
import { Connection } from './connection.ts'
import type { Refusal } from './errors.ts'
import { type Live, readMonitoring } from './monitoring.ts'
import { Resource } from './resource.ts'
import { ShownModel } from './shown-model.ts'
import { Trial } from './trial.ts'

export const VIEWS = ['predict', 'model', 'traffic', 'drift', 'quality'] as const
export type View = (typeof VIEWS)[number]

const MODELS_MS = 10_000
const LIVE_MS = 2000

/** Everything the page knows, and how it comes to know it; views read it and call it, and `onChange` draws them. */
export class Page {
  readonly client: Client
  readonly connection: Connection
  readonly announcer: Announcer
  readonly models: Resource<readonly KnownModel[]>
  readonly model: ShownModel
  readonly trial: Trial
  readonly live: Resource<Live>
  view: View = 'predict'
  /** Place in `models` of the one that is shown. */
  selected = 0
  /** Why a key is asked for; undefined while none is. */
  keyNeeded: string | undefined
  readonly #onChange: () => void
  /** The version and state of the model that was loaded last. */
  #known: string | undefined
  /** Before it starts, and while it is hidden. */
  #rests = true

  constructor(onChange: () => void, store: KeyStore, fetcher?: typeof fetch) {
    this.#onChange = onChange
    this.announcer = new Announcer(onChange)
    this.connection = new Connection(
      () => void this.models.refresh(),
      (came) => this.#connectionChanged(came),
    )
    this.client = new Client(
      {
        onReached: () => this.connection.reached(),
        onUnreachable: () => this.connection.lost(),
        onKeyNeeded: (refusal) => this.#askForKey(refusal),
      },
      store,
      fetcher,
    )
    const { client } = this
    const url = (path: string) => this.#url(path)
    this.models = new Resource(
      async (signal) => readModels(await client.get('models', signal)),
      () => this.#modelsChanged(),
    )
    this.model = new ShownModel(client, url, { onLearnt: () => this.#learnt(), onChange })
    this.trial = new Trial({
      client,
      url,
      info: () => this.model.info.value,
      seen: () => this.view === 'predict',
      onChange,
      say: (text) => this.say(text),
    })
    this.live = new Resource(
      async (signal) => readMonitoring<Live>(await client.get('monitoring/live', signal)),
      onChange,
    )
  }

  /** Begins to ask; a hidden page rests. */
  start(): void {
    this.#rests = false
    this.models.every(MODELS_MS)
    this.#watch()
  }

  rest(): void {
    this.#rests = true
    this.models.pause()
    this.live.pause()
    this.model.rest()
  }

  show(view: View): void {
    this.view = view
    this.#watch()
    this.#onChange()
  }

  select(index: number): void {
    this.selected = index
    this.#known = undefined
    this.#load()
  }

  /** Takes a key, for this tab. */
  useKey(key: string): void {
    this.client.key = key === '' ? undefined : key
    this.keyNeeded = undefined
    this.#again()
    this.#onChange()
  }

  forgetKey(): void {
    this.client.key = undefined
    this.model.forget()
    this.models.value = undefined
    this.#again()
  }

  /** Tells what has changed to those who do not see it. */
  say(text: string): void {
    this.announcer.say(text)
  }

  /** The default model needs no name, and is then always the one that serves. */
  #url(path: string): string {
    const { selected } = this
    const model = this.models.value?.[selected]
    if (selected === 0 || model === undefined) return path
    const version = model.version === null ? '' : `&version=${encodeURIComponent(model.version)}`
    return `${path}?model=${encodeURIComponent(model.name)}${version}`
  }

  #modelsChanged(): void {
    const model = this.models.value?.[this.selected] ?? this.models.value?.[0]
    const known = model && `${model.reference} ${model.version} ${model.state}`
    if (model !== undefined && known !== this.#known) {
      if (this.#known !== undefined) this.say(`${model.name} version ${model.version} serves now.`)
      this.#known = known
      this.#load()
    }
    this.#onChange()
  }

  /** Loads what belongs to the selected model. */
  #load(): void {
    this.trial.forget()
    this.model.load()
    this.#watch()
  }

  /** Fills the form when both the signature and the examples are there, or are known not to be. */
  #learnt(): void {
    const { info, examples } = this.model
    if (info.value !== undefined && (examples.value !== undefined || examples.error !== undefined)) {
      this.trial.fill(info.value, examples.value?.[0])
    }
    this.#onChange()
  }

  /** Asks again and again for what the view shows. */
  #watch(): void {
    if (this.#rests) return
    this.model.watch(this.view === 'quality')
    if (this.view === 'traffic') this.live.every(LIVE_MS)
    else this.live.pause()
  }

  #connectionChanged(came: 'back' | undefined): void {
    this.say(came === 'back' ? 'The service answers again.' : 'The service does not answer.')
    if (came === 'back') this.#again()
    this.#onChange()
  }

  #askForKey({ code, message }: Refusal): void {
    const why = code === 'API_ERR_KEY' && this.client.key !== undefined ? 'The key is not known here.' : message
    if (this.keyNeeded === why) return
    this.keyNeeded = why
    this.#onChange()
  }

  /** After a time without the service, or without a key: everything anew. */
  #again(): void {
    this.#known = undefined
    void this.models.refresh()
    if (this.view === 'traffic') void this.live.refresh()
  }
}
