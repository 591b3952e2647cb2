import fc from 'fast-check'
import t from 'tap'
import { Field } from '../src/field.ts'
import { MonitoringError } from '../src/index.ts'

const STRUCTURE = 'MONITORING_ERR_STRUCTURE'
const secret = 'not-to-be-told'

t.test('a fault says what, where and what was expected, and never the value', async (t) => {
  const root = new Field({ series: [{ name: 'a' }, { name: { secret } }] }, '', 'The drift state')
  const read = () => root.member('series').items(0, 9, (item) => item.object(['name']).name.text())
  t.throws(read, { code: STRUCTURE, message: "The drift state's series[1].name must be a text." })
  t.throws(() => new Field(secret, '').object(['a']), { message: 'The reference must be an object.' })
})

t.test('an object has exactly its keys; whose they are by inheritance is none', async (t) => {
  t.strictSame(new Field({ a: 1, b: 2 }, '').object(['a', 'b']).b.value, 2)
  t.throws(() => new Field({ a: 1 }, '').object(['a', 'b']), { code: STRUCTURE, message: /the key b/ })
  t.throws(() => new Field({ a: 1, c: 1 }, '').object(['a']), { code: STRUCTURE, message: /keys a and no other/ })
  t.throws(() => new Field({}, '').member('constructor'), { code: STRUCTURE })
  t.throws(() => new Field([], '').member('length'), { code: STRUCTURE })
})

t.test('numbers are within their bounds, both inclusive', async (t) => {
  const of = (value: unknown) => new Field(value, 'x')
  t.equal(of(3).count(3, 3), 3)
  t.ok(Object.is(of(-0).count(0, 1), 0))
  for (const value of [2, 4, 3.5, '3', null, Number.NaN, 2 ** 53])
    t.throws(() => of(value).count(3, 3), { code: STRUCTURE })
  t.equal(of(0.5).number(0, 0.5), 0.5)
  for (const value of [0.6, -1, '0', Number.NaN, Infinity])
    t.throws(() => of(value).number(0, 0.5), { code: STRUCTURE })
  for (const value of [Infinity, -Infinity, Number.NaN]) t.throws(() => of(value).number(), { code: STRUCTURE })
  t.equal(
    of(null).orNull((field) => field.number()),
    null,
  )
})

t.test('texts out of a list, digests and lists of a length', async (t) => {
  t.equal(new Field('b', '').oneOf(['a', 'b']), 'b')
  t.throws(() => new Field('c', '').oneOf(['a', 'b']), { message: /must be a or b/ })
  t.equal(new Field('0f'.repeat(32), '').sha256().length, 64)
  for (const value of ['0F'.repeat(32), '0f', 7]) t.throws(() => new Field(value, '').sha256(), { code: STRUCTURE })
  const items = (value: unknown, least: number, most: number) =>
    new Field(value, '').items(least, most, (item) => item.path)
  t.strictSame(items([1, 2], 1, 2), ['[0]', '[1]'])
  t.throws(() => items([1], 2, 2), { message: /an array of 2 items/ })
  t.throws(() => items([1], 2, 3), { message: /an array of 2 to 3 items/ })
  t.throws(() => items({ length: 2 }, 0, 9), { code: STRUCTURE })
})

t.test('a format is its name and a version up to the newest', async (t) => {
  const format = (value: unknown) => new Field(value, '').format('copse-x', 2)
  t.equal(format({ format: 'copse-x', version: 2 }), 2)
  for (const value of [null, [], {}, { format: 'copse-y', version: 1 }]) {
    t.throws(() => format(value), { code: 'MONITORING_ERR_FORMAT' })
  }
  t.throws(() => format({ format: 'copse-x', version: 3 }), { code: 'MONITORING_ERR_VERSION' })
  t.throws(() => format({ format: 'copse-x', version: 0 }), { code: STRUCTURE })
})

t.test('whatever the JSON, a reading gives what was asked for or one of its own errors', async () => {
  const readings: ((field: Field) => unknown)[] = [
    (field) => field.text(),
    (field) => field.count(0, 10),
    (field) => field.number(),
    (field) => field.sha256(),
    (field) => field.oneOf(['a']),
    (field) => field.member('a'),
    (field) => field.object(['a', 'b']),
    (field) => field.format('copse-x', 1),
    (field) => field.items(0, 3, (item) => item.number(0, 1)),
  ]
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(...readings), (json, read) => {
      try {
        read(new Field(json, 'at'))
        return true
      } catch (error) {
        return error instanceof MonitoringError
      }
    }),
  )
})
