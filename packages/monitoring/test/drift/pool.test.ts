import fc from 'fast-check'
import t from 'tap'
import { LEAST_EXPECTED, poolLevels, poolNumbers } from '../../src/drift/pool.ts'
import { sum } from '../../src/statistics/chi-squared.ts'

t.test('ascending bins join their neighbours', async (t) => {
  t.strictSame(poolNumbers([100, 1, 1, 100], [6, 0, 0, 6]), { reference: [100, 102], current: [6, 6] })
  t.strictSame(poolNumbers([10, 10], [1, 1]), { reference: [20], current: [2] })
})

t.test('rare levels, and the rest with them, are one bin', async (t) => {
  const rest = { first: 0, second: 6 }
  t.strictSame(poolLevels([60, 1, 60, 2], [50, 2, 50, 1], rest), { reference: [60, 60, 3], current: [50, 50, 9] })
  const none = { first: 0, second: 0 }
  t.strictSame(poolLevels([60, 1, 50], [50, 2, 40], none), { reference: [60, 51], current: [50, 42] })
})

t.test('nothing is lost, and every bin holds its least unless there is one only', async () => {
  const row = fc.array(fc.nat(40), { minLength: 6, maxLength: 6 }).filter((counts) => sum(counts) > 0)
  fc.assert(
    fc.property(row, row, fc.nat(20), (reference, current, unseen) => {
      const [n1, n2] = [sum(reference), sum(current)]
      return [
        { ...poolNumbers(reference, current), more: 0 },
        { ...poolLevels(reference, current, { first: 0, second: unseen }), more: unseen },
      ].every((pooled) => {
        const least = (LEAST_EXPECTED * (n1 + n2 + pooled.more)) / Math.min(n1, n2 + pooled.more)
        return (
          sum(pooled.reference) === n1 &&
          sum(pooled.current) === n2 + pooled.more &&
          (pooled.reference.length === 1 ||
            pooled.reference.every((count, bin) => count + pooled.current[bin] >= least - 1e-9))
        )
      })
    }),
  )
})
