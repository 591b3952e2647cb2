import fc from 'fast-check'
import t from 'tap'
import { confusionTable, MOST_CLASSES, sum } from '../src/confusion-table.ts'

t.test('a matrix becomes rows of counts with their sums', async (t) => {
  t.strictSame(confusionTable(['no', 'yes'], Uint32Array.of(8, 2, 1, 10)), {
    classes: ['no', 'yes'],
    counts: [
      [8, 2],
      [1, 10],
    ],
    actual: [10, 11],
    predicted: [9, 12],
    total: 21,
    correct: [8, 10],
  })
})

t.test('of too many classes the smallest become one, whose own mistakes are no hits', async (t) => {
  const size = MOST_CLASSES + 2
  const classes = Array.from({ length: size }, (_, index) => `class ${index}`)
  const matrix = new Uint32Array(size * size)
  for (let index = 0; index < size; index++) matrix[index * (size + 1)] = 10
  for (const small of [0, 1, 2]) matrix[small * (size + 1)] = 1
  matrix[1] = 4
  const { classes: names, counts, correct } = confusionTable(classes, matrix)
  t.equal(names.length, MOST_CLASSES)
  t.strictSame([names[0], names[MOST_CLASSES - 1]], ['class 3', '3 others'])
  t.equal(counts[MOST_CLASSES - 1][MOST_CLASSES - 1], 7)
  t.equal(correct[MOST_CLASSES - 1], 3)
})

t.test('no row is lost, however many classes', async () => {
  const any = fc
    .integer({ min: 0, max: 70 })
    .chain((size) => fc.tuple(fc.constant(size), fc.array(fc.nat(9), { minLength: size ** 2, maxLength: size ** 2 })))
  fc.assert(
    fc.property(any, ([size, matrix]) => {
      const classes = Array.from({ length: size }, (_, index) => `class ${index}`)
      const { total, actual, predicted, correct } = confusionTable(classes, matrix)
      const diagonal = classes.map((_, index) => matrix[index * (size + 1)])
      return (
        total === sum(matrix) && sum(actual) === total && sum(predicted) === total && sum(correct) === sum(diagonal)
      )
    }),
    { numRuns: 30 },
  )
})

t.test('what is no matrix of counts is refused', async (t) => {
  t.throws(() => confusionTable(['a', 'b'], [1, 2, 3]), {
    code: 'CHARTS_ERR_SHAPE',
    message: 'The matrix has 3 counts, not 4 for 2 classes.',
  })
  for (const odd of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
    t.throws(() => confusionTable(['a', 'b'], [1, 2, odd, 4]), {
      code: 'CHARTS_ERR_VALUE',
      message: 'The count of actual class 1 predicted as class 0 is not a finite number of at least 0.',
    })
  }
})
