import fc from 'fast-check'
import t from 'tap'
import { RateLimit } from '../../src/access/rate.ts'

t.test('a second of requests at once, then one for each interval', async (t) => {
  const limit = new RateLimit(10)
  for (let i = 0; i < 10; i++) t.equal(limit.take('ann', 1000), 0)
  t.equal(limit.take('ann', 1000), 100)
  t.equal(limit.take('ann', 1050), 50)
  t.equal(limit.take('ann', 1100), 0)
  t.equal(limit.take('ann', 1100), 100)
  t.equal(limit.take('bob', 1100), 0, 'each name has its own')
})

t.test('less than one a second', async (t) => {
  const limit = new RateLimit(0.5)
  t.equal(limit.take('ann', 0), 0)
  t.equal(limit.take('ann', 500), 1500)
  t.equal(limit.take('ann', 2000), 0)
})

t.test('never more than the rate and one burst', async () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), fc.array(fc.integer({ min: 0, max: 300 })), (perSecond, gaps) => {
      const limit = new RateLimit(perSecond)
      let now = 0
      let passed = 0
      for (const gap of gaps) {
        now += gap
        if (limit.take('x', now) === 0) passed++
      }
      return passed <= perSecond + (now / 1000) * perSecond + 1e-6
    }),
  )
})
