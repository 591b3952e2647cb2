import { type Evaluation, type Example, type ModelInfo, readEvaluation, readExamples, readInfo } from './answers.ts'
import type { Client } from './client.ts'
import { type Drift, type Performance, readMonitoring } from './monitoring.ts'
import { Resource } from './resource.ts'

const MONITORING_MS = 10_000

export interface ShownModelEvents {
  /** The signature, or the examples, are there, or are known not to be. */
  onLearnt(): void
  onChange(): void
}

/** What the service tells of the model that is shown. */
export class ShownModel {
  readonly info: Resource<ModelInfo>
  readonly evaluation: Resource<Evaluation>
  readonly examples: Resource<readonly Example[]>
  readonly card: Resource<string>
  readonly drift: Resource<Drift>
  readonly performance: Resource<Performance>

  /** `url` adds to a path which model is meant. */
  constructor(client: Client, url: (path: string) => string, { onLearnt, onChange }: ShownModelEvents) {
    function resource<T>(path: string, read: (json: unknown) => T, onAnswer = onChange): Resource<T> {
      return new Resource(async (signal) => read(await client.get(url(path), signal)), onAnswer)
    }
    this.info = resource('model/info', readInfo, onLearnt)
    this.evaluation = resource('model/evaluation', readEvaluation)
    this.examples = resource('model/examples', readExamples, onLearnt)
    this.card = new Resource((signal) => client.text(url('model/card'), signal), onChange)
    this.drift = resource('monitoring/drift', readMonitoring<Drift>)
    this.performance = resource('monitoring/performance', readMonitoring<Performance>)
  }

  /** Forgets everything and asks anew, as for another model. */
  load(): void {
    this.forget()
    for (const resource of [this.info, this.evaluation, this.examples, this.card]) void resource.refresh()
  }

  forget(): void {
    const { info, evaluation, examples, card, drift, performance } = this
    for (const resource of [info, evaluation, examples, card, drift, performance]) resource.reset()
  }

  /** Asks again and again for drift, whose state is on every view, and for performance where it is shown. */
  watch(performance: boolean): void {
    this.drift.every(MONITORING_MS)
    if (performance) this.performance.every(MONITORING_MS)
    else this.performance.pause()
  }

  rest(): void {
    this.drift.pause()
    this.performance.pause()
  }
}
