import '../dom.ts'
import t, { type Test } from 'tap'
import { qualityView } from '../../src/views/quality.ts'
import { PERFORMANCE } from '../answers.ts'
import { TestService, until } from '../service.ts'
import { shown, texts } from './shown.ts'

async function quality(t: Test, performance: object = PERFORMANCE) {
  const service = new TestService()
  service.answers['monitoring/performance'] = performance
  const made = await shown(t, qualityView, () => true, service)
  made.page.show('quality')
  await until(() => made.page.model.performance.value !== undefined)
  return made
}

t.test('of classes: accuracy, what it was estimated at, recall by class, what became of labels', async (t) => {
  const { body } = await quality(t)
  t.match(body().querySelector('.lead')!.textContent, '150 labels for 300 predictions of the last day.')
  t.strictSame(texts(body(), '.tile dt').slice(0, 2), ['Accuracy', 'Accuracy, estimated'])
  t.strictSame(texts(body(), '.tile .value').slice(0, 4), ['90%', '93%', '0.3', '4%'])
  t.match(body().textContent, 'it was 3% off where labels came')
  t.strictSame(texts(body(), 'figcaption h2'), ['Accuracy over time', 'Recall by class'])
  t.match(texts(body(), 'section.card tbody tr').join('\n'), 'are of predictions that are not known2')
})

t.test('without labels it says how to send some', async (t) => {
  const nothing = { labelled: 0, accuracy: null, log_loss: null, ece: null, lag: { mean_seconds: null } }
  const { body } = await quality(t, { ...PERFORMANCE, ...nothing, estimate: { accuracy: 0.9, error: null } })
  t.strictSame(texts(body(), '.tile .value'), ['–', '90%', '–', '–', '–'])
  t.match(body().textContent, 'from confidence, without labels')
  t.match(body().querySelector('pre')!.textContent, 'http://127.0.0.1:3000/feedback')
  t.strictSame(texts(body(), 'figcaption h2'), ['Accuracy over time'])
})

t.test('of numbers: errors, and how many labels lie where they should', async (t) => {
  const numbers = { type: 'number', accuracy: null, rmse: 2, mae: 1.5, bias: 0.5, r2: 0.8, coverage: 0.88, recall: [] }
  const { body } = await quality(t, { ...PERFORMANCE, ...numbers })
  t.strictSame(texts(body(), '.tile .value').slice(0, 5), ['2', '1.5', '0.5', '0.8', '88%'])
  t.strictSame(texts(body(), 'figcaption h2'), ['Error over time'])
})
