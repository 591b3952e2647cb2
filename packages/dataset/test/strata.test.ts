import fc from 'fast-check'
import t from 'tap'
import { Dataset } from '../src/dataset.ts'
import { seededRandom } from '../src/random.ts'
import { shuffledStrata } from '../src/strata.ts'

const strata = (dataset: Dataset, seed = 0) => shuffledStrata(dataset, seededRandom(seed)).map((rows) => [...rows])

/** A dataset of five classes, whether they have rows or not. */
function classes(target: readonly number[]): Dataset {
  return new Dataset({
    signature: { features: [], target: { name: 'y', type: 'class', classes: ['a', 'b', 'c', 'd', 'e'] } },
    rows: target.length,
    columns: [],
    target: Uint16Array.from(target),
    name: 'table',
  })
}

function numbers(rows: number): Dataset {
  return new Dataset({
    signature: { features: [], target: { name: 'y', type: 'number' } },
    rows,
    columns: [],
    target: new Float64Array(rows),
    name: 'table',
  })
}

t.test('a group a class, in the order of the classes, and none for a class without rows', async () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 4 })), fc.nat(), (target, seed) => {
      const found = strata(classes(target), seed)
      const expected = [0, 1, 2, 3, 4].flatMap((of) => {
        const rows = [...target.keys()].filter((row) => target[row] === of)
        return rows.length > 0 ? [rows] : []
      })
      return JSON.stringify(found.map((rows) => rows.toSorted((a, b) => a - b))) === JSON.stringify(expected)
    }),
  )
})

t.test('all rows of a target of numbers are one group', async (t) => {
  t.same(
    strata(numbers(4)).map((rows) => rows.toSorted()),
    [[0, 1, 2, 3]],
  )
  t.same(strata(numbers(0)), [])
})

t.test('the seed is the order, and every order is as likely', async (t) => {
  const target = [1, 0, 1, 1, 0]
  t.same(strata(classes(target), 7), strata(classes(target), 7))
  const counts = new Map<string, number>()
  for (let seed = 0; seed < 3000; seed++) {
    const [pair, three] = strata(classes(target), seed)
    counts.set(`${three}`, (counts.get(`${three}`) ?? 0) + 1)
    counts.set(`${pair}`, (counts.get(`${pair}`) ?? 0) + 1)
  }
  t.equal(counts.size, 6 + 2)
  // Five standard deviations of a count of 3000 throws.
  for (const [order, count] of counts) {
    const share = order.length === 5 ? 1 / 6 : 1 / 2
    t.ok(Math.abs(count - 3000 * share) < 5 * Math.sqrt(3000 * share * (1 - share)), `${count} of ${order}`)
  }
})
