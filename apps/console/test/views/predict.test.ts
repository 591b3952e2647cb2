import '../dom.ts'
import t from 'tap'
import { predictView } from '../../src/views/predict.ts'
import { FLOWERS } from '../answers.ts'
import { TestService, until } from '../service.ts'
import { press, shown, texts, type } from './shown.ts'

t.test('the answer with every class as a bar, the form, its curve and the request', async (t) => {
  const { body } = await shown(t, predictView)
  const drawn = body()
  t.equal(drawn.querySelector('h1')!.textContent, 'Predict species')
  t.strictSame(texts(drawn, '.verdict'), ['setosa 90%'])
  t.strictSame(texts(drawn, '.bars li'), ['setosa 90%', 'virginica 10%'])
  t.equal(drawn.querySelector('.bars rect.fill')!.getAttribute('width'), '90%')
  t.strictSame(texts(drawn, '.field label'), ['soil', 'length'], 'the most important first')
  t.match(drawn.querySelector('.curve h2')!.textContent, 'What soil changes')
  t.match(drawn.querySelector('pre code')!.textContent, '{"features":[1.5,"sand"]}')
})

t.test('an example fills the form', async (t) => {
  const { body, page, says } = await shown(t, predictView)
  t.strictSame(texts(body(), '.examples button'), ['setosa 98%', 'virginica 90%'])
  press(body(), 'virginica')
  t.strictSame(page.trial.texts, ['6', null])
  await until(() => page.trial.answer?.type === 'class' && page.trial.answer.best === 1)
  await says('virginica 90%')
})

t.test('while a field is wrong the answer is of the values before, and says so', async (t) => {
  const { body, says } = await shown(t, predictView)
  type(body().querySelector('#field-0'), 'abc')
  const drawn = await says('Of the values before: a field is marked.')
  t.ok(drawn.querySelector('.verdict')!.classList.contains('old'))
  t.equal(drawn.querySelector('.request pre'), null, 'no request that would be refused')
})

t.test('a refusal of the service stands in place of the answer, and at its field', async (t) => {
  const { body, says } = await shown(t, predictView)
  type(body().querySelector('#field-0'), '666')
  const drawn = await says('length must be better.')
  t.equal(drawn.querySelector('.verdict'), null)
  t.equal(drawn.querySelectorAll('.problem').length, 2)
})

t.test('a model of numbers answers one', async (t) => {
  const { page, says } = await shown(t, predictView)
  page.select(1)
  await until(() => page.trial.answer?.type === 'number')
  const drawn = await says('26 price')
  t.equal(drawn.querySelector('.bars'), null)
})

t.test('many features: the most important, and all on demand; many classes: the likeliest', async (t) => {
  const service = new TestService()
  const features = Array.from({ length: 20 }, (_, f) => ({ ...FLOWERS.signature.features[0]!, name: `f${f}` }))
  const classes = ['setosa', 'virginica', ...Array.from({ length: 10 }, (_, k) => `class ${k}`)]
  service.answers['model/info'] = {
    ...FLOWERS,
    signature: { features, target: { name: 'species', type: 'class', classes } },
    training: { ...FLOWERS.training, importances: features.map((_, f) => f) },
  }
  service.answers['model/examples'] = { examples: [] }
  const { body, page } = await shown(t, predictView, ({ trial }) => trial.answer !== undefined, service)
  t.equal(body().querySelectorAll('.field').length, 12)
  t.equal(texts(body(), '.field label')[0], 'f19')
  press(body(), 'All 20')
  t.equal(body().querySelectorAll('.field').length, 20)
  await until(() => page.announcer.said === 'All features are shown.')
  t.equal(body().querySelectorAll('.bars li').length, 8)
  t.match(body().textContent, 'The 8 likeliest of 12 classes.')
})

t.test('a model that is not known says why', async (t) => {
  const service = new TestService()
  delete service.answers['model/info']
  const { body } = await shown(t, predictView, ({ model }) => model.info.error !== undefined, service)
  t.strictSame(texts(body(), 'h1, .card'), ['Predict', 'There is none.'])
})
