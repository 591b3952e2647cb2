import '../dom.ts'
import t from 'tap'
import type { Page } from '../../src/page.ts'
import { modelView } from '../../src/views/model.ts'
import { FLOWERS } from '../answers.ts'
import { TestService, until } from '../service.ts'
import { shown, texts } from './shown.ts'

const ready = ({ model }: Page) =>
  [model.info, model.evaluation, model.card].every(({ value, error }) => value !== undefined || error !== undefined)

t.test('how good it is, what it looks at, where it comes from', async (t) => {
  const { body } = await shown(t, modelView, ready)
  t.strictSame(texts(body(), 'h1'), ['flowers version 3'])
  t.match(body().querySelector('.lead')!.textContent, 'tells species (setosa, virginica) from 2 features.')
  t.strictSame(texts(body(), '.tile dt'), ['Accuracy', 'Log loss', 'Trees', 'Rows in training'])
  const titles = ['Which classes are confused', 'What it looks at', 'Do more trees help?']
  t.strictSame(texts(body(), 'figcaption h2'), titles)
  t.equal(body().querySelectorAll('figure copse-chart svg').length, 3)
  t.match(body().textContent, 'One column is <constant>.')
  for (const fact of ['models:/flowers@champion', 'champion', FLOWERS.sha256, 'run-1', 'nEstimators', 'maxDepth']) {
    t.match(body().textContent, fact)
  }
  await until(() => texts(body(), 'details.article h3')[0] === 'Flowers')
})

t.test('a bundle without an evaluation or a card shows what there is', async (t) => {
  const service = new TestService()
  delete service.answers['model/evaluation']
  delete service.answers['model/card']
  const { body } = await shown(t, modelView, ready, service)
  t.strictSame(texts(body(), '.tile dt'), ['Out-of-bag score', 'Trees', 'Rows in training'])
  t.equal(body().querySelector('details.article'), null)
  t.strictSame(texts(body(), 'figcaption h2'), ['What it looks at', 'Do more trees help?'])
})

t.test('a refused version is told with its reason', async (t) => {
  const service = new TestService()
  const last_reload = { result: 'failed', at: FLOWERS.loaded_at, message: 'SHA256SUMS does not fit.' }
  service.answers['model/info'] = { ...FLOWERS, last_reload }
  const { body } = await shown(t, modelView, ready, service)
  t.match(texts(body(), '.facts div').join('\n'), 'RefusedSHA256SUMS does not fit.')
})
