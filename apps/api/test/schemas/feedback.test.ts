import { FEEDBACK_RESULTS } from '@copse/monitoring'
import t from 'tap'
import { Check } from 'typebox/value'
import { FeedbackAnswer, feedbackRequest, MAX_ID, MAX_LABELS } from '../../src/schemas/feedback.ts'
import { build } from '../app.ts'
import { IRIS, MIXED } from '../bundle.ts'

const label = { prediction_id: 'a', label: 'setosa' }

t.test('takes one label or many, of a class or a number', async (t) => {
  const schema = feedbackRequest(IRIS)
  for (const body of [label, { prediction_id: 'a', label: 1.5 }, { labels: [label] }, { labels: [label, label] }]) {
    t.ok(Check(schema, body), JSON.stringify(body))
  }
})

t.test('and nothing else: what the schema refuses the route refuses, and the other way round', async (t) => {
  const { app } = await build(t)
  const schema = feedbackRequest(IRIS)
  const bodies: unknown[] = [
    label,
    { labels: [label] },
    {},
    [],
    'a',
    null,
    { labels: [] },
    { labels: [{}] },
    { labels: label },
    { ...label, labels: [label] },
    { ...label, extra: 1 },
    { labels: [{ ...label, extra: 1 }] },
    { ...label, prediction_id: '' },
    { ...label, prediction_id: 'a'.repeat(MAX_ID) },
    { ...label, prediction_id: 'a'.repeat(MAX_ID + 1) },
    { ...label, prediction_id: 1 },
    { ...label, label: null },
    { ...label, label: true },
    { ...label, label: ['setosa'] },
    { labels: new Array(MAX_LABELS).fill(label) },
    { labels: new Array(MAX_LABELS + 1).fill(label) },
  ]
  for (const body of bodies) {
    const headers = { 'content-type': 'application/json' }
    const payload = JSON.stringify(body)
    const { statusCode } = await app.inject({ method: 'POST', url: '/feedback', headers, payload })
    t.equal(Check(schema, body), statusCode === 200, `${statusCode} ${payload.slice(0, 80)}`)
  }
})

t.test('its examples are of the model, and are taken', async (t) => {
  for (const [signature, expected] of [
    [IRIS, 'setosa'],
    [MIXED, 1.5],
    [undefined, 'setosa'],
  ] as const) {
    const schema = feedbackRequest(signature) as unknown as { examples: [typeof label, { labels: [typeof label] }] }
    t.equal(schema.examples[0].label, expected)
    t.equal(schema.examples[1].labels[0].label, expected)
    for (const example of schema.examples) t.ok(Check(feedbackRequest(signature), example))
  }
})

t.test('answers every result there is, and no other', async (t) => {
  for (const result of FEEDBACK_RESULTS) t.ok(Check(FeedbackAnswer, { result }))
  t.ok(Check(FeedbackAnswer, { results: [...FEEDBACK_RESULTS] }))
  t.notOk(Check(FeedbackAnswer, { result: 'perhaps' }))
  t.notOk(Check(FeedbackAnswer, { result: 'matched', results: [] }))
})
