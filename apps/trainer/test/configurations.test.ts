import t from 'tap'
import { configurations } from '../src/configurations.ts'

t.test('three configurations a task, each with the trees and the seed that were asked for', async (t) => {
  for (const task of ['classification', 'regression'] as const) {
    const all = configurations(task, { trees: 7, seed: 3 })
    t.equal(all.length, 3)
    t.equal(new Set(all.map(({ name }) => name)).size, 3)
    for (const { parameters } of all) t.match(parameters, { nEstimators: 7, seed: 3 })
  }
})

t.test('the first is the engine with its defaults', async (t) => {
  t.match(configurations('classification', { trees: 1, seed: 0 })[0], {
    name: 'default',
    parameters: { criterion: 'gini', maxFeatures: 'sqrt' },
  })
  t.match(configurations('regression', { trees: 1, seed: 0 })[0], {
    name: 'default',
    parameters: { criterion: 'squared_error', maxFeatures: 1 / 3 },
  })
})
