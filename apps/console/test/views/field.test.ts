import '../dom.ts'
import { html } from 'lit-html'
import t, { type Test } from 'tap'
import type { Feature } from '../../src/answers.ts'
import { field } from '../../src/views/field.ts'
import { FLOWERS } from '../answers.ts'
import { TestService } from '../service.ts'
import { happens, shown, texts, type } from './shown.ts'

const { features: OWN, target } = FLOWERS.signature

/** The fields of these features, as the form has them at first. */
async function fields(t: Test, features: readonly Feature[] = OWN) {
  const service = new TestService()
  service.answers['model/info'] = { ...FLOWERS, signature: { features, target } }
  if (features !== OWN) service.answers['model/examples'] = { examples: [] }
  return shown(
    t,
    (page) => html`${features.map((feature, f) => field(page, f, feature))}`,
    ({ trial }) => trial.texts.length > 0,
    service,
  )
}

t.test('a number is a text and a slider that say the same, each with its name', async (t) => {
  const { body, page } = await fields(t)
  const [text, slider] = body().querySelectorAll('input')
  t.equal(body().querySelector('label[for=field-0]')!.textContent, 'length')
  t.equal(text!.value, '1.5')
  t.equal(slider!.getAttribute('aria-label'), 'length, slider')
  t.equal(slider!.getAttribute('aria-valuetext'), '1.5')
  type(slider!, slider!.getAttribute('max')!)
  t.equal(page.trial.texts[0], '7')
  t.equal(body().querySelector('input')!.value, '7')
  t.strictSame(texts(body(), '.ends span'), ['1', '7'])
})

t.test('what is wrong is said beside the field and to those who hear it', async (t) => {
  const { body } = await fields(t)
  const text = body().querySelector('#field-0')!
  type(text, 'abc')
  const about = body().querySelector('#about-0')
  t.equal(text.getAttribute('aria-invalid'), 'true')
  t.equal(text.getAttribute('aria-describedby'), 'about-0')
  t.equal(about!.textContent, 'A number is needed.')
  type(text, '50')
  t.match(body().querySelector('#about-0')!.textContent, 'outside of training, 1 to 7')
  t.equal(text.getAttribute('aria-invalid'), 'false', 'it is taken all the same')
  type(text, '5')
  t.equal(body().querySelector('#about-0'), null)
})

t.test('a category is a list of its levels, of missing where that is allowed, and of another text', async (t) => {
  const { body, page } = await fields(t)
  const list = body().querySelector('select')!
  t.strictSame(texts(list, 'option'), ['(missing)', 'clay', 'sand', 'Another text …'])
  const choose = (index: number) => {
    list.selectedIndex = index
    happens(list, 'change')
  }
  choose(0)
  t.equal(page.trial.texts[1], null)
  choose(1)
  t.equal(page.trial.texts[1], 'clay')
  choose(3)
  t.equal(page.trial.texts[1], '')
  const other = body().querySelector('input.wide')
  t.equal(other!.getAttribute('aria-label'), 'soil, another text')
  type(other, 'peat')
  t.equal(page.trial.texts[1], 'peat')
  t.match(body().querySelector('#about-1')!.textContent, 'not a level of training')
})

t.test('more levels than a list can be read for: a text that is completed', async (t) => {
  const levels = Array.from({ length: 500 }, (_, level) => `level ${level}`)
  const { body, page } = await fields(t, [{ name: 'town', type: 'category', missing: true, levels }])
  t.equal(body().querySelector('select'), null)
  const text = body().querySelector('#field-0')
  type(text, '49')
  t.strictSame(
    Array.from(body().querySelectorAll('datalist option'), (option) => option.getAttribute('value')),
    levels.filter((level) => level.includes('49')),
  )
  type(text, '')
  t.equal(page.trial.texts[0], null, 'nothing is missing')
  t.equal(body().querySelectorAll('datalist option').length, 100)
})

t.test('a column of one value, or of none, has no slider', async (t) => {
  const { body } = await fields(t, [
    { name: 'none', type: 'number', missing: true, min: null, max: null },
    { name: 'one', type: 'number', missing: false, min: 3, max: 3 },
  ])
  t.equal(body().querySelectorAll('input[type=range]').length, 0)
  t.equal(body().querySelectorAll('input[type=text]').length, 2)
})

t.test('names and levels of a model are texts and nothing else', async (t) => {
  const { body } = await fields(t, [
    { name: '<img src=x>', type: 'category', missing: false, levels: ['<b>', '"'] },
    { name: '"><script>', type: 'number', missing: false, min: 0, max: 1 },
  ])
  t.equal(body().querySelectorAll('img, b, script').length, 0)
  t.strictSame(texts(body(), 'label'), ['<img src=x>', '"><script>'])
})
