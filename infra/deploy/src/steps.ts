import { Listr } from 'listr2'

/** One step of a deployment; `tell` shows a word beside its title. */
export interface Step {
  readonly title: string
  run(tell: (word: string) => void): Promise<void>
}

/** Runs steps in order, and stops at the first that throws. */
export type StepRunner = (steps: readonly Step[]) => Promise<void>

/** Shows steps as they go: a living list on a terminal, a line a step elsewhere, nothing when `silent`. */
export function stepRunner(silent: boolean): StepRunner {
  return async (steps) => {
    let failure: unknown
    const list = new Listr(
      steps.map(({ title, run }) => ({
        title,
        async task(_context: unknown, task: { title: string }) {
          try {
            await run((word) => {
              task.title = `${title}: ${word}`
            })
          } catch (error) {
            failure = error
            // The whole of it, with what the cluster tells, is the process's to say, once.
            throw new Error(title)
          }
        },
      })),
      {
        renderer: silent ? 'silent' : 'default',
        rendererOptions: { showErrorMessage: false },
        fallbackRenderer: 'simple',
        // The process decides what a signal means.
        registerSignalListeners: false,
      },
    )
    await list.run().catch((error) => {
      throw failure ?? error
    })
  }
}

/** Seconds that steps took. */
export class Timings {
  readonly seconds: Record<string, number> = {}

  async measure(title: string, run: () => Promise<void>): Promise<void> {
    const started = performance.now()
    try {
      await run()
    } finally {
      this.seconds[title] = Math.round(performance.now() - started) / 1000
    }
  }
}
