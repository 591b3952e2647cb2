import { keyOf, type ModelFacts } from '../monitoring/facts.ts'

/** The model versions that the processes serve together: during a swap those are the old one and the new one. */
export class ServedModels {
  readonly #byProcess = new Map<number, readonly ModelFacts[]>()
  /** What the last process served that ended; its successor goes on with it. */
  #left: readonly ModelFacts[] = []

  set(process: number, models: readonly ModelFacts[]): void {
    this.#byProcess.set(process, models)
  }

  /** The process has ended. */
  retire(process: number): void {
    this.#left = this.#byProcess.get(process) ?? this.#left
    this.#byProcess.delete(process)
  }

  all(): ModelFacts[] {
    const models = this.#byProcess.size > 0 ? [...this.#byProcess.values()].flat() : this.#left
    return [...new Map(models.map((facts) => [keyOf(facts), facts])).values()]
  }
}
