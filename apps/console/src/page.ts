import {
  type Answer,
  type Cell,
  type Evaluation,
  type Example,
  type KnownModel,
  type ModelInfo,
  readAnswer,
  readAnswers,
  readEvaluation,
  readExamples,
  readInfo,
  readModels,
} from './answers.ts'
import { Client, type KeyStore } from './client.ts'
import { Connection } from './connection.ts'
import { type Curve, curveRows } from './curve.ts'
import { Refusal, sentence, Unreachable } from './errors.ts'
import { firstTexts, readRow, type Texts } from './form.ts'
import { Latest } from './latest.ts'
import { type Drift, type Live, type Performance, readMonitoring } from './monitoring.ts'
import { Resource } from './resource.ts'

export const VIEWS = ['predict', 'model', 'traffic', 'drift', 'quality'] as const
export type View = (typeof VIEWS)[number]

const MODELS_MS = 10_000
const LIVE_MS = 2000
const MONITORING_MS = 10_000

/** Everything the page knows, and how it comes to know it; views read it and call it, and `onChange` draws them. */
export class Page {
  readonly client: Client
  readonly connection: Connection
  readonly models: Resource<readonly KnownModel[]>
  readonly info: Resource<ModelInfo>
  readonly evaluation: Resource<Evaluation>
  readonly examples: Resource<readonly Example[]>
  readonly card: Resource<string>
  readonly drift: Resource<Drift>
  readonly performance: Resource<Performance>
  readonly live: Resource<Live>
  view: View = 'predict'
  /** Place in `models` of the one that is shown. */
  selected = 0
  /** Why a key is asked for; undefined while none is. */
  keyNeeded: string | undefined
  /** What the form holds. */
  texts: Texts = []
  /** The feature whose curve is drawn. */
  focused = 0
  answer: Answer | undefined
  refusal: Refusal | undefined
  /** Milliseconds that the last answer took. */
  took = 0
  curve: Curve | undefined
  /** Said to those who do not see the page. */
  said = ''
  readonly #onChange: () => void
  readonly #asking: Latest<readonly Cell[], Answer>
  readonly #bending: Latest<{ readonly feature: number; readonly row: readonly Cell[] }, Curve>
  #known: string | undefined
  #saying: ReturnType<typeof setTimeout> | undefined
  #started = 0

  constructor(onChange: () => void, store: KeyStore) {
    this.#onChange = onChange
    this.client = new Client(
      {
        onReached: () => this.connection.reached(),
        onUnreachable: () => this.connection.lost(),
        onKeyNeeded: (refusal) => this.#askForKey(refusal),
      },
      store,
    )
    this.connection = new Connection(
      () => void this.models.refresh(),
      (came) => {
        this.say(came === 'back' ? 'The service answers again.' : 'The service does not answer.')
        if (came === 'back') this.#again()
        onChange()
      },
    )
    const { client } = this
    const changed = () => onChange()
    this.models = new Resource(
      async (signal) => readModels(await client.get('models', signal)),
      () => this.#modelsChanged(),
    )
    this.info = new Resource(
      async (signal) => readInfo(await client.get(this.#url('model/info'), signal)),
      () => this.#infoChanged(),
    )
    this.evaluation = new Resource(
      async (signal) => readEvaluation(await client.get(this.#url('model/evaluation'), signal)),
      changed,
    )
    this.examples = new Resource(
      async (signal) => readExamples(await client.get(this.#url('model/examples'), signal)),
      () => this.#examplesChanged(),
    )
    this.card = new Resource((signal) => client.text(this.#url('model/card'), signal), changed)
    this.drift = new Resource(
      async (signal) => readMonitoring<Drift>(await client.get(this.#url('monitoring/drift'), signal)),
      changed,
    )
    this.performance = new Resource(
      async (signal) => readMonitoring<Performance>(await client.get(this.#url('monitoring/performance'), signal)),
      changed,
    )
    this.live = new Resource(
      async (signal) => readMonitoring<Live>(await client.get('monitoring/live', signal)),
      changed,
    )
    this.#asking = new Latest(
      async (features, signal) => {
        this.#started = performance.now()
        return readAnswer(await client.post(this.#url('model/try'), { features }, signal), this.#signature().target)
      },
      (answer) => this.#answered(answer),
      (error) => this.#refused(error),
    )
    this.#bending = new Latest(
      async ({ feature, row }, signal): Promise<Curve> => {
        const signature = this.#signature()
        const { cells, rows } = curveRows(signature.features[feature]!, feature, row)
        if (rows.length === 0) return { feature, cells, answers: [] }
        const json = await client.post(this.#url('model/try'), { rows }, signal)
        return { feature, cells, answers: readAnswers(json, signature.target) }
      },
      (curve) => {
        this.curve = curve
        onChange()
      },
      () => {
        this.curve = undefined
      },
    )
  }

  /** Begins to ask; a hidden page rests. */
  start(): void {
    this.models.every(MODELS_MS)
    this.#watch()
  }

  rest(): void {
    for (const resource of [this.models, this.drift, this.live, this.performance]) resource.pause()
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
    for (const resource of this.#ofModel()) resource.reset()
    this.models.value = undefined
    this.#known = undefined
    void this.models.refresh()
  }

  setText(feature: number, text: string | null): void {
    this.texts = this.texts.map((before, f) => (f === feature ? text : before))
    this.focused = feature
    this.ask()
  }

  setTexts(texts: Texts): void {
    this.texts = texts
    this.ask()
  }

  focus(feature: number): void {
    if (this.focused === feature) return
    this.focused = feature
    this.#bend()
  }

  /** Asks for the prediction of what the form holds. */
  ask(): void {
    this.refusal = undefined
    const row = this.row
    if (row === undefined) this.#asking.cancel()
    else this.#asking.ask(row)
    this.#bend()
    this.#onChange()
  }

  /** What the form holds, when all of it can be sent. */
  get row(): Cell[] | undefined {
    const features = this.info.value?.signature.features
    return features && readRow(features, this.texts)
  }

  /** Tells what has changed to those who do not see it, once it has settled. */
  say(text: string, afterMs = 0): void {
    clearTimeout(this.#saying)
    this.#saying = setTimeout(() => {
      this.said = text
      this.#onChange()
    }, afterMs)
  }

  #bend(): void {
    const { row, focused } = this
    if (row === undefined || this.view !== 'predict') this.#bending.cancel()
    else this.#bending.ask({ feature: focused, row })
  }

  #answered(answer: Answer): void {
    this.answer = answer
    this.refusal = undefined
    this.took = performance.now() - this.#started
    this.#onChange()
  }

  #refused(error: unknown): void {
    if (error instanceof Refusal && error.status !== 401) {
      this.refusal = error
      this.say(sentence(error))
    }
    this.#onChange()
  }

  #signature() {
    const { value } = this.info
    if (value === undefined) throw new Unreachable('The model is not known yet.')
    return value.signature
  }

  /** The default model needs no name, and is then always the one that serves. */
  #url(path: string): string {
    const { selected } = this
    const model = this.models.value?.[selected]
    if (selected === 0 || model === undefined) return path
    const version = model.version === null ? '' : `&version=${encodeURIComponent(model.version)}`
    return `${path}?model=${encodeURIComponent(model.name)}${version}`
  }

  #ofModel(): readonly Resource<unknown>[] {
    return [this.info, this.evaluation, this.examples, this.card, this.drift, this.performance]
  }

  #modelsChanged(): void {
    const model = this.models.value?.[this.selected] ?? this.models.value?.[0]
    if (model === undefined) {
      this.#onChange()
      return
    }
    const known = `${model.reference} ${model.version} ${model.state}`
    if (known !== this.#known) {
      if (this.#known !== undefined) this.say(`${model.name} version ${model.version} serves now.`)
      this.#known = known
      this.#load()
    }
    this.#onChange()
  }

  /** Loads what belongs to the selected model. */
  #load(): void {
    this.answer = undefined
    this.curve = undefined
    this.refusal = undefined
    for (const resource of this.#ofModel()) resource.reset()
    for (const resource of [this.info, this.evaluation, this.examples, this.card]) void resource.refresh()
    this.#watch()
  }

  #infoChanged(): void {
    const features = this.info.value?.signature.features
    if (features !== undefined && this.texts.length !== features.length) this.texts = []
    this.#fill()
    this.#onChange()
  }

  #examplesChanged(): void {
    this.#fill()
    this.#onChange()
  }

  /** Fills an empty form when both the signature and the examples are there, or are known not to be. */
  #fill(): void {
    const { value: info } = this.info
    if (info === undefined || (this.examples.value === undefined && this.examples.error === undefined)) return
    if (this.texts.length === 0) {
      this.texts = firstTexts(info.signature, this.examples.value?.[0])
      const { importances } = info.training
      this.focused = importances.indexOf(Math.max(...importances))
      if (this.focused < 0) this.focused = 0
    }
    this.ask()
  }

  /** Asks again and again for what the view shows, and for drift, whose state is on every view. */
  #watch(): void {
    const { view } = this
    this.drift.every(MONITORING_MS)
    if (view === 'traffic') this.live.every(LIVE_MS)
    else this.live.pause()
    if (view === 'quality') this.performance.every(MONITORING_MS)
    else this.performance.pause()
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
