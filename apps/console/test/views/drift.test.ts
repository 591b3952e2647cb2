import '../dom.ts'
import t from 'tap'
import type { Page } from '../../src/page.ts'
import { driftView } from '../../src/views/drift.ts'
import { DRIFT, QUIET } from '../answers.ts'
import { TestService } from '../service.ts'
import { press, shown, texts } from './shown.ts'

const ready = ({ model }: Page) => model.drift.value !== undefined

t.test('the series that differ most come first, each with its sentence, chart and numbers', async (t) => {
  const { body } = await shown(t, driftView, ready)
  const drawn = body()
  t.strictSame(texts(drawn, 'h1'), ['Drift ▲ Drift'])
  t.match(drawn.querySelector('.lead')!.textContent, '300 rows in the last hour: drift in soil.')
  t.strictSame(texts(drawn, 'article h2'), ['soil', 'length'])
  const [soil, length] = drawn.querySelectorAll('article')
  t.ok(soil!.classList.contains('drift') && soil!.getAttribute('aria-label') === 'soil')
  t.match(soil!.textContent, /since \d/)
  t.notMatch(length!.textContent, 'since')
  t.equal(drawn.querySelectorAll('copse-chart svg').length, 2)
  t.strictSame(texts(soil!, 'tbody th'), ['clay', 'sand', 'missing'])
  t.strictSame(texts(soil!, 'tbody td'), ['50%', '90%', '50%', '10%', '10%', '40%'])
})

t.test('of many series the first twelve, and all on demand', async (t) => {
  const service = new TestService()
  const series = Array.from({ length: 30 }, (_, index) => ({ ...QUIET, name: `f${index}`, q: index / 100 }))
  service.answers['monitoring/drift'] = { ...DRIFT, state: 'none', series }
  const { body } = await shown(t, driftView, ready, service)
  t.equal(body().querySelectorAll('article').length, 12)
  t.equal(texts(body(), 'article h2')[0], 'f0')
  t.equal(body().querySelector('button')!.getAttribute('aria-expanded'), 'false')
  press(body(), 'All 30')
  t.equal(body().querySelectorAll('article').length, 30)
  press(body(), 'Only the first 12')
  t.equal(body().querySelectorAll('article').length, 12)
})

t.test('a series without a bin takes nothing else down', async (t) => {
  const service = new TestService()
  service.answers['monitoring/drift'] = {
    ...DRIFT,
    series: [
      { ...QUIET, bins: [] },
      { ...QUIET, name: 'width' },
    ],
  }
  const { body } = await shown(t, driftView, ready, service)
  t.equal(body().querySelectorAll('article').length, 2)
  t.equal(
    body().querySelectorAll('article')[1]!.querySelectorAll('.copse-chart rect.f0').length,
    3,
    'two bins and their key',
  )
})

t.test('a model that is not watched says why', async (t) => {
  const service = new TestService()
  delete service.answers['monitoring/drift']
  const { body } = await shown(t, driftView, ({ model }) => model.drift.error !== undefined, service)
  t.strictSame(texts(body(), 'h1, .card'), ['Drift', 'There is none.'])
})
