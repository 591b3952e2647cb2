import t from 'tap'
import { checkDescription } from '../src/check-description.ts'
import { resolveParameters } from '../src/parameters.ts'
import type { Signature } from '../src/table.ts'

const signature: Signature = {
  features: [
    { name: 'a', type: 'number', missing: false, min: 0, max: 1 },
    { name: 'b', type: 'number', missing: false, min: 0, max: 1 },
  ],
  target: { name: 't', type: 'class', classes: ['p', 'q'] },
}
const parameters = resolveParameters({ nEstimators: 2, classWeight: { q: 3, p: 2 } }, signature.target)
const summary = {
  rows: 10,
  score: 0.9,
  oobErrorByTrees: [0.2, 0.1],
  importances: [0.25, 0.75],
  warnings: ['w'],
  quantized: ['b'],
}
const description = { signature, parameters, summary, aggregation: 'vote', ties: 'first-reached' } as const

t.test('answers a copy with its keys in order and nothing else', async (t) => {
  const given = { more: 1, ...description, summary: { more: 1, ...summary } }
  t.equal(JSON.stringify(checkDescription(given)), JSON.stringify(description))
})

t.test('what may be absent', async (t) => {
  const { score: _, oobErrorByTrees: __, ...plain } = summary
  const { ties: ___, ...rest } = description
  const found = checkDescription({ ...rest, summary: plain })
  t.equal(found.ties, 'first-class')
  t.same(found.summary, plain)
  t.notOk('score' in found.summary)
  t.same(checkDescription({ ...rest, summary: { ...plain, importances: [0, 0] } }).summary.importances, [0, 0])
})

t.test('each broken rule is refused in a sentence of its own', async (t) => {
  const parameter = (change: object) => ({ ...description, parameters: { ...parameters, ...change } })
  const learnt = (change: object) => ({ ...description, summary: { ...summary, ...change } })
  const numbers = { ...signature, target: { name: 't', type: 'number' } }
  const numberParameters = resolveParameters({}, { name: 't', type: 'number' })
  const cases: [string, unknown][] = [
    ["The forest's description is 1, expected an object.", 1],
    ["The forest's description.signature is missing, expected an object.", { ...description, signature: undefined }],
    ['description.parameters is missing, expected an object.', { ...description, parameters: undefined }],
    ['description.parameters.seed is missing, expected a value or null.', parameter({ seed: undefined })],
    ['description.parameters does not hold: Parameter seed is -1', parameter({ seed: -1 })],
    ['description.parameters does not hold: Parameter maxDepth is NaN', parameter({ maxDepth: Number.NaN })],
    [
      'description.parameters does not hold: Parameter criterion is "squared_error"',
      parameter({ criterion: 'squared_error' }),
    ],
    ['description.parameters does not hold: Parameter classWeight names "r"', parameter({ classWeight: { r: 1 } })],
    ['description.summary.rows is -1, expected an integer from 0', learnt({ rows: -1 })],
    ['description.summary.rows is 1.5, expected an integer from 0', learnt({ rows: 1.5 })],
    ['description.summary.score is null, expected a finite number.', learnt({ score: null })],
    [
      'description.summary.oobErrorByTrees[1] is null, expected a finite number.',
      learnt({ oobErrorByTrees: [0.1, null] }),
    ],
    ['description.summary.importances has 1 entries, expected 2.', learnt({ importances: [1] })],
    ['description.summary.importances[1] is -0.5, expected a share from 0 to 1.', learnt({ importances: [1, -0.5] })],
    ['description.summary.importances sums to 0.5, expected 1, or all 0.', learnt({ importances: [0.25, 0.25] })],
    ['description.summary.importances[0] is NaN, expected a finite number.', learnt({ importances: [Number.NaN, 1] })],
    ['description.summary.warnings[0] is 1, expected text.', learnt({ warnings: [1] })],
    ['description.summary.quantized is "a", expected an array.', learnt({ quantized: 'a' })],
    ["description.aggregation is \"sum\", expected 'mean' or 'vote'.", { ...description, aggregation: 'sum' }],
    [
      'description.aggregation is "vote", expected \'mean\' for a target of numbers.',
      { ...description, signature: numbers, parameters: numberParameters },
    ],
    ["description.ties is \"last\", expected 'first-class' or 'first-reached'.", { ...description, ties: 'last' }],
    [
      'description.ties is "first-reached", expected \'first-class\' unless trees vote.',
      { ...description, aggregation: 'mean' },
    ],
  ]
  for (const [message, value] of cases) {
    t.throws(() => checkDescription(value), { name: 'ModelError', code: 'MODEL_ERR_FILE_STRUCTURE', message }, message)
  }
})
