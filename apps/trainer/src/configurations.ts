import type { Parameters } from '@copse/model'
import type { Settings, Task } from './settings.ts'

export interface Configuration {
  /** Name of its run. */
  readonly name: string
  readonly parameters: Parameters
}

/**
 * What the experiment tries, in the order that breaks ties: the engine's defaults, leaves of at least three (smoother
 * probabilities, less depth), and more features a split (with entropy for classes).
 */
export function configurations(task: Task, settings: Pick<Settings, 'trees' | 'seed'>): Configuration[] {
  const common: Parameters = { nEstimators: settings.trees, seed: settings.seed }
  return VARIANTS[task].map(({ name, parameters }) => ({ name, parameters: { ...common, ...parameters } }))
}

const VARIANTS: Record<Task, readonly Configuration[]> = {
  classification: [
    { name: 'default', parameters: { criterion: 'gini', maxFeatures: 'sqrt' } },
    { name: 'leaf-3', parameters: { criterion: 'gini', maxFeatures: 'sqrt', minSamplesLeaf: 3 } },
    { name: 'entropy-half', parameters: { criterion: 'entropy', maxFeatures: 0.5 } },
  ],
  regression: [
    { name: 'default', parameters: { criterion: 'squared_error', maxFeatures: 1 / 3 } },
    { name: 'leaf-3', parameters: { criterion: 'squared_error', maxFeatures: 1 / 3, minSamplesLeaf: 3 } },
    { name: 'two-thirds', parameters: { criterion: 'squared_error', maxFeatures: 2 / 3 } },
  ],
}
