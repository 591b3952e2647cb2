import t from 'tap'
import { type Contestant, championRule, chooseChampion, decidePromotion, decidingMetric } from '../src/champion.ts'

const own = (log_loss: number): Contestant => ({ baseline: false, cv: { log_loss, rmse: log_loss } })
const baseline = (log_loss: number): Contestant => ({ baseline: true, cv: { log_loss } })

t.test('lowest mean log loss in cross-validation wins', async (t) => {
  t.equal(chooseChampion([own(0.3), own(0.1), own(0.2)], 'classification'), 1)
})

t.test('lowest RMSE for numbers', async (t) => {
  const contestants: Contestant[] = [
    { baseline: false, cv: { rmse: 2, r2: 0.9 } },
    { baseline: false, cv: { rmse: 1, r2: 0.8 } },
  ]
  t.equal(chooseChampion(contestants, 'regression'), 1)
  t.equal(decidingMetric('regression'), 'rmse')
})

t.test('the first of equals wins', async (t) => {
  t.equal(chooseChampion([own(0.2), own(0.1), own(0.1)], 'classification'), 1)
})

t.test('the baseline never wins', async (t) => {
  t.equal(chooseChampion([own(0.3), baseline(0.1)], 'classification'), 0)
  t.equal(chooseChampion([baseline(0.1)], 'classification'), -1)
})

t.test('a score that is no number never wins', async (t) => {
  t.equal(chooseChampion([own(Number.NaN), own(0.5)], 'classification'), 1)
  t.equal(chooseChampion([own(Number.NaN)], 'classification'), -1)
  t.equal(chooseChampion([{ baseline: false, cv: {} }], 'classification'), -1)
})

t.test('the rule is said in words', async (t) => {
  t.match(championRule('classification', false), /log loss.*first of equals$/)
  t.match(championRule('regression', true), /RMSE.*the baseline, ml-random-forest, cannot win$/)
})

t.test('if-better promotes only a strictly lower score', async (t) => {
  const decide = (score: number, before: number | undefined) =>
    decidePromotion('if-better', 'classification', score, { version: '3', score: before })
  t.match(decide(0.1, 0.2), { promote: true, reason: /0\.1000 on the held-out rows is below the 0\.2000 of version 3/ })
  t.match(decide(0.2, 0.2), { promote: false, reason: /equals that of version 3/ })
  t.match(decide(0.3, 0.2), { promote: false, reason: /0\.3000 .*is not below the 0\.2000 of version 3/ })
  t.match(decide(0.3, undefined), { promote: true, reason: /another signature/ })
  t.match(decide(Number.NaN, 0.2), { promote: false })
})

t.test('close scores are told apart', async (t) => {
  const { reason } = decidePromotion('if-better', 'regression', 0.1234561, { version: '1', score: 0.1234562 })
  t.match(reason, /RMSE 0\.1234561 .*0\.1234562/)
})

t.test('no incumbent is beaten by anything', async (t) => {
  t.strictSame(decidePromotion('if-better', 'classification', 9, undefined), {
    promote: true,
    reason: 'there was no champion yet',
  })
})

t.test('always and never ask nothing', async (t) => {
  const worse = { version: '1', score: 0.1 }
  t.match(decidePromotion('always', 'classification', 9, worse), { promote: true, reason: '--promote=always' })
  t.match(decidePromotion('never', 'classification', 0, worse), { promote: false, reason: '--promote=never' })
  t.match(decidePromotion('never', 'classification', 0, undefined), { promote: false })
})
