import t from 'tap'
import { FeatureValues, located } from '../../src/dialects/values.ts'
import { ApiError } from '../../src/errors.ts'
import { IRIS, MIXED } from '../bundle.ts'

const iris = new FeatureValues(IRIS)
const mixed = new FeatureValues(MIXED)
const NAN = Number.NaN
const INFINITY = Number.POSITIVE_INFINITY

t.test('a named column: numbers are float32, categories are texts', async (t) => {
  t.equal(iris.named(0, 5.1), Math.fround(5.1))
  t.equal(mixed.named(1, 'Good'), 1)
  t.equal(mixed.named(1, 'Great'), 3, 'one past the last level')
  t.ok(Number.isNaN(mixed.named(1, null)))
  t.throws(() => mixed.named(1, 1), { code: 'API_ERR_VALUE', message: '"cut" must be a text or null.' })
  t.throws(() => mixed.named(2, null), { code: 'API_ERR_MISSING' })
  t.throws(() => iris.named(0, '5.1'), { code: 'API_ERR_VALUE', message: '"sepal_length" must be a number.' })
  t.throws(() => iris.named(0, 1e39), { code: 'API_ERR_VALUE', message: /range of a 32-bit float/ })
})

t.test('a numeric tensor: categories are indexes, any other number is unseen, NaN and null are missing', async (t) => {
  t.equal(mixed.indexed(1, 2), 2)
  for (const unseen of [3, -1, 0.5, 1e300]) t.equal(mixed.indexed(1, unseen), 3, String(unseen))
  for (const missing of [NAN, null]) {
    t.ok(Number.isNaN(mixed.indexed(0, missing)))
    t.ok(Number.isNaN(mixed.indexed(1, missing)))
    t.throws(() => mixed.indexed(2, missing), { code: 'API_ERR_MISSING' })
    t.throws(() => iris.indexed(2, missing), { code: 'API_ERR_MISSING' })
  }
  for (const value of [INFINITY, -INFINITY]) {
    t.throws(() => mixed.indexed(1, value), { code: 'API_ERR_VALUE', message: /range of a 32-bit float/ })
    t.throws(() => iris.indexed(1, value), { code: 'API_ERR_VALUE', message: /range of a 32-bit float/ })
  }
  for (const value of ['Good', true, {}, [], undefined]) {
    t.throws(() => mixed.indexed(1, value), { code: 'API_ERR_VALUE', message: '"cut" must be a number or null.' })
  }
})

t.test('the first feature that may not be absent', async (t) => {
  t.equal(
    mixed.firstAbsent(() => false),
    2,
  )
  t.equal(
    mixed.firstAbsent((name) => name === 'a/b~c "d"'),
    undefined,
  )
  t.equal(
    iris.firstAbsent((name) => name !== 'sepal_width'),
    1,
  )
})

t.test('an error is told again with its place; what is not ours stays', async (t) => {
  const error = new ApiError('API_ERR_VALUE', '"x" must be a number.')
  t.match(located(error, '/rows/1', 'Row 1: '), { message: 'Row 1: "x" must be a number.', path: '/rows/1' })
  const other = new RangeError('x')
  t.equal(located(other, ''), other)
})
