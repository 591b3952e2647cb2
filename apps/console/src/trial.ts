import {
  type Answer,
  type Cell,
  type Example,
  type ModelInfo,
  readAnswer,
  readAnswers,
  type Signature,
} from './answers.ts'
import type { Client } from './client.ts'
import { type Curve, curveRows } from './curve.ts'
import { Refusal, sentence, Unreachable } from './errors.ts'
import { firstTexts, readRow, type Texts } from './form.ts'
import { Latest } from './latest.ts'

export interface TrialContext {
  readonly client: Client
  /** Adds to a path which model is meant. */
  url(path: string): string
  /** undefined while the model is not known. */
  info(): ModelInfo | undefined
  /** Whether a curve would be seen. */
  seen(): boolean
  onChange(): void
  say(text: string): void
}

/** The form, and what the model says of what it holds. */
export class Trial {
  /** What the form holds. */
  texts: Texts = []
  /** The feature whose curve is drawn. */
  focused = 0
  answer: Answer | undefined
  refusal: Refusal | undefined
  /** Milliseconds that the last answer took. */
  took = 0
  curve: Curve | undefined
  readonly #context: TrialContext
  readonly #asking: Latest<readonly Cell[], Answer>
  readonly #bending: Latest<{ readonly feature: number; readonly row: readonly Cell[] }, Curve>
  /** The features that the form was filled for. */
  #features: string | undefined
  #started = 0

  constructor(context: TrialContext) {
    this.#context = context
    this.#asking = new Latest(
      async (features, signal) => {
        this.#started = performance.now()
        const { target } = this.#signature()
        return readAnswer(await this.#post({ features }, signal), target)
      },
      (answer) => this.#answered(answer),
      (error) => this.#refused(error),
    )
    this.#bending = new Latest(
      async ({ feature, row }, signal): Promise<Curve> => {
        const { features, target } = this.#signature()
        const { cells, rows } = curveRows(features[feature]!, feature, row)
        if (rows.length === 0) return { feature, cells, answers: [] }
        return { feature, cells, answers: readAnswers(await this.#post({ rows }, signal), target) }
      },
      (curve) => {
        this.curve = curve
        context.onChange()
      },
      () => {
        this.curve = undefined
      },
    )
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
    this.#context.onChange()
  }

  /** What the form holds, when all of it can be sent. */
  get row(): Cell[] | undefined {
    const features = this.#context.info()?.signature.features
    return features && readRow(features, this.texts)
  }

  /** Forgets what the model said, as of another model; what the form holds stays while it fits. */
  forget(): void {
    this.answer = undefined
    this.curve = undefined
    this.refusal = undefined
  }

  /** Fills a form that is empty, or is another model's, and asks. */
  fill({ signature, training }: ModelInfo, example: Example | undefined): void {
    const features = JSON.stringify(signature.features)
    if (features !== this.#features) {
      this.#features = features
      this.texts = firstTexts(signature, example)
      this.focused = Math.max(0, training.importances.indexOf(Math.max(...training.importances)))
    }
    this.ask()
  }

  #bend(): void {
    const { row, focused } = this
    if (row === undefined || !this.#context.seen()) this.#bending.cancel()
    else this.#bending.ask({ feature: focused, row })
  }

  #answered(answer: Answer): void {
    this.answer = answer
    this.refusal = undefined
    this.took = performance.now() - this.#started
    this.#context.onChange()
  }

  #refused(error: unknown): void {
    if (error instanceof Refusal && error.status !== 401) {
      this.refusal = error
      this.#context.say(sentence(error))
    }
    this.#context.onChange()
  }

  #signature(): Signature {
    const info = this.#context.info()
    if (info === undefined) throw new Unreachable('The model is not known yet.')
    return info.signature
  }

  #post(body: unknown, signal: AbortSignal): Promise<unknown> {
    const { client, url } = this.#context
    return client.post(url('model/try'), body, signal)
  }
}
