import t, { type Test } from 'tap'
import { Client } from '../src/client.ts'
import { Trial } from '../src/trial.ts'
import { EXAMPLES, FLOWERS, PRICES } from './answers.ts'
import { keyStore, TestService, until } from './service.ts'

function trial(_t: Test) {
  const service = new TestService()
  const events = { onReached: () => {}, onUnreachable: () => {}, onKeyNeeded: () => {} }
  const state = { info: FLOWERS as typeof FLOWERS | undefined, seen: true, said: [] as string[] }
  const of = new Trial({
    client: new Client(events, keyStore(), service.fetch as typeof fetch),
    url: (path) => (state.info === PRICES ? `${path}?model=prices&version=1` : path),
    info: () => state.info,
    seen: () => state.seen,
    onChange: () => {},
    say: (text) => void state.said.push(text),
  })
  return { trial: of, service, state }
}

t.test(
  'an empty form is filled with the first example, its most important feature is bent, and both are asked for',
  async (t) => {
    const { trial: of, service } = trial(t)
    of.fill(FLOWERS, EXAMPLES[0])
    t.strictSame(of.texts, ['1.5', 'sand'])
    t.equal(of.focused, 1)
    t.strictSame(of.row, [1.5, 'sand'])
    await until(() => of.answer !== undefined && of.curve !== undefined)
    t.match(of.answer, { type: 'class', best: 0, confidence: 0.9 })
    t.match(of.curve, { feature: 1 })
    t.ok(of.took >= 0)
    t.strictSame(new Set(service.asked), new Set(['model/try']))
  },
)

t.test(
  'what stands in the form stays when the same model is learnt anew, and goes with another of as many features',
  async (t) => {
    const { trial: of, state } = trial(t)
    of.fill(FLOWERS, EXAMPLES[0])
    of.setText(0, '6.5')
    of.fill({ ...FLOWERS, version: '4' }, EXAMPLES[0])
    t.strictSame(of.texts, ['6.5', 'sand'])
    state.info = PRICES
    of.fill(PRICES, undefined)
    t.strictSame(of.texts, ['2.6', 'Fair'], 'not a soil for a cut')
    await until(() => of.answer?.type === 'number')
  },
)

t.test('a field asks at once, and its feature is the one that is bent', async (t) => {
  const { trial: of } = trial(t)
  of.fill(FLOWERS, EXAMPLES[0])
  of.setText(0, '6.5')
  t.equal(of.focused, 0)
  await until(() => of.answer?.type === 'class' && of.answer.best === 1)
  await until(() => of.curve?.feature === 0)
  t.ok(of.curve!.answers.length > 10)
  of.focus(1)
  await until(() => of.curve?.feature === 1)
})

t.test('while a field has no value that can be sent nothing is asked, and the old answer stays', async (t) => {
  const { trial: of, service } = trial(t)
  of.fill(FLOWERS, EXAMPLES[0])
  await until(() => of.answer !== undefined && of.curve !== undefined)
  const asked = service.asked.length
  of.setText(0, 'abc')
  t.equal(of.row, undefined)
  of.setText(0, '')
  t.equal(service.asked.length, asked)
  t.ok(of.answer)
})

t.test('a refusal is told with its field until something else is asked', async (t) => {
  const { trial: of, state } = trial(t)
  of.fill(FLOWERS, EXAMPLES[0])
  of.setText(0, '666')
  await until(() => of.refusal !== undefined)
  t.match(of.refusal, { code: 'API_ERR_VALUE', path: '/features/0' })
  t.strictSame(state.said, ['length must be better.'])
  of.setText(0, '2')
  t.equal(of.refusal, undefined)
  await until(() => of.answer !== undefined)
})

t.test('a curve that nobody sees is not asked for', async (t) => {
  const { trial: of, state } = trial(t)
  state.seen = false
  of.fill(FLOWERS, EXAMPLES[0])
  await until(() => of.answer !== undefined)
  t.equal(of.curve, undefined)
})

t.test('before the model is known there is no row; of another model nothing that was said stays', async (t) => {
  const { trial: of, state } = trial(t)
  state.info = undefined
  of.setTexts(['1', 'sand'])
  t.equal(of.row, undefined)
  state.info = FLOWERS
  of.fill(FLOWERS, EXAMPLES[0])
  await until(() => of.answer !== undefined && of.curve !== undefined)
  of.forget()
  t.match([of.answer, of.curve, of.refusal], [undefined, undefined, undefined])
})
