import fc from 'fast-check'
import t from 'tap'
import { CONFIDENCE_EDGES, classPredictions, decisions, numberPredictions } from '../src/predictions.ts'
import { CONFIDENCE_BINS } from '../src/reference.ts'

const nan = Number.NaN

t.test('classes count the decision, the first of equals, and its confidence', async (t) => {
  const { rows, counts, confidence } = classPredictions(Float64Array.of(1, 0, 0.5, 0.5, 0.2, 0.8, nan, nan), 2)
  t.equal(rows, 3)
  t.strictSame(counts, [2, 1])
  t.equal(confidence.length, 20)
  t.strictSame([confidence[9], confidence[15], confidence[19]], [1, 1, 1])
})

t.test('a confidence of i/20 belongs to the bin that ends there', async (t) => {
  t.equal(CONFIDENCE_EDGES.length, CONFIDENCE_BINS - 1)
  for (let i = 1; i <= 20; i++) {
    const { confidence } = classPredictions(Float64Array.of(i / 20, 0), 2)
    t.equal(confidence.indexOf(1), i - 1)
  }
  t.equal(classPredictions(Float64Array.of(0, 0), 2).confidence[0], 1)
})

t.test('values are binned, NaN left out', async (t) => {
  t.strictSame(numberPredictions(Float64Array.of(10, nan, 30)), {
    type: 'number',
    rows: 2,
    edges: [20],
    counts: [1, 1],
    min: 10,
    max: 30,
    mean: 20,
    sd: 10,
  })
  t.match(numberPredictions(Float64Array.of(nan)), { rows: 0, counts: [0], mean: null })
})

t.test('answers that no forest gives are refused', async (t) => {
  t.throws(() => classPredictions(new Float64Array(5), 2), { code: 'MONITORING_ERR_PREDICTIONS' })
  for (const odd of [-0.1, 1.1, nan, Number.POSITIVE_INFINITY]) {
    t.throws(() => classPredictions(Float64Array.of(1, 0, 0.5, odd), 2), {
      code: 'MONITORING_ERR_VALUE',
      message: 'The probability of class 1 in row 1 is not within 0 and 1.',
    })
  }
  t.throws(() => numberPredictions(Float64Array.of(0, Number.POSITIVE_INFINITY)), { code: 'MONITORING_ERR_VALUE' })
})

t.test('every answered row is counted once in each histogram', async () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 90 }), (list) => {
      const probabilities = Float64Array.from(list.slice(0, list.length - (list.length % 3)))
      const { rows, counts, confidence } = classPredictions(probabilities, 3)
      const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
      const largest = [...decisions(probabilities, 3)].every(({ row, classIndex, confidence: of }) => {
        const answers = [...probabilities.slice(row * 3, row * 3 + 3)]
        return of === Math.max(...answers) && answers.indexOf(of) === classIndex
      })
      return largest && rows === probabilities.length / 3 && sum(counts) === rows && sum(confidence) === rows
    }),
  )
})
