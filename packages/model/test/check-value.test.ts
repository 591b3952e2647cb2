import t from 'tap'
import {
  checkArray,
  checkBoolean,
  checkFinite,
  checkInteger,
  checkObject,
  checkOneOf,
  checkText,
  type Place,
  property,
  refuse,
  within,
} from '../src/check-value.ts'

const at: Place = { code: 'MODEL_ERR_FILE_STRUCTURE', path: 'The signature' }
const refused = (rest: string) => ({
  name: 'ModelError',
  code: 'MODEL_ERR_FILE_STRUCTURE',
  message: `The signature ${rest}.`,
})

t.test('what is right comes back as it is', async (t) => {
  const [object, array] = [{ a: 1 }, [1, 2]]
  t.equal(checkObject(object, at), object)
  t.equal(checkArray(array, at, 2, 2), array)
  t.same(checkArray([], at, 0, 0), [])
  t.equal(checkText('', at), '')
  t.equal(checkBoolean(false, at), false)
  t.equal(checkFinite(-1.5e308, at), -1.5e308)
  t.equal(checkInteger(-3, at, -3, 5), -3)
  t.equal(checkInteger(5, at, -3, 5), 5)
  t.equal(checkOneOf('mean', at, ['vote', 'mean']), 'mean')
})

t.test('what is wrong is named, as is what was expected', async (t) => {
  const cases: [() => unknown, string][] = [
    [() => checkObject(null, at), 'is null, expected an object'],
    [() => checkObject([], at), 'is an array, expected an object'],
    [() => checkObject(undefined, at), 'is missing, expected an object'],
    [() => checkArray({ length: 2 }, at, 0, 9), 'is an object, expected an array'],
    [() => checkArray([1], at, 2, 2), 'has 1 entries, expected 2'],
    [() => checkArray([1, 2, 3], at, 1, 2), 'has 3 entries, expected 1 to 2'],
    [() => checkText(7, at), 'is 7, expected text'],
    [() => checkText(new String('a'), at), 'is an object, expected text'],
    [() => checkBoolean(0, at), 'is 0, expected true or false'],
    [() => checkBoolean('true', at), 'is "true", expected true or false'],
    [() => checkFinite('1', at), 'is "1", expected a finite number'],
    [() => checkFinite(Number.NaN, at), 'is NaN, expected a finite number'],
    [() => checkFinite(Number.NEGATIVE_INFINITY, at), 'is -Infinity, expected a finite number'],
    [() => checkFinite(1n, at), 'is a bigint, expected a finite number'],
    [() => checkInteger(1.5, at, 0, 5), 'is 1.5, expected an integer from 0 to 5'],
    [() => checkInteger(6, at, 0, 5), 'is 6, expected an integer from 0 to 5'],
    [() => checkInteger(-1, at, 0, 5), 'is -1, expected an integer from 0 to 5'],
    [() => checkOneOf('MEAN', at, ['vote', 'mean']), `is "MEAN", expected 'vote' or 'mean'`],
    [() => checkOneOf(['mean'], at, ['vote', 'mean']), `is an array, expected 'vote' or 'mean'`],
    [() => checkOneOf('toString', at, ['vote']), `is "toString", expected 'vote'`],
  ]
  for (const [check, sentence] of cases) t.throws(check, refused(sentence), sentence)
})

t.test('a text that is shown is short, and one with line ends and quotes stays on its line', async (t) => {
  t.match(refuse(at, 'text', 'a\n"b"'), refused('is "a\\n\\"b\\"", expected text'))
  t.match(refuse(at, 'text', 'x'.repeat(40)), refused(`is "${'x'.repeat(40)}", expected text`))
  t.match(refuse(at, 'text', 'x'.repeat(41)), refused('is a text of 41 characters, expected text'))
})

t.test('a place within another is a key or an index behind it', async (t) => {
  const inside = within(within(within(at, 'features'), 3), 'levels')
  t.equal(inside.path, 'The signature.features[3].levels')
  t.equal(inside.code, at.code)
})

t.test('what a prototype carries is no property', async (t) => {
  t.equal(property({}, 'toString'), undefined)
  t.equal(property(Object.create({ a: 1 }), 'a'), undefined)
  t.equal(property(JSON.parse('{"__proto__":1}'), '__proto__'), 1)
  t.equal(property({ hasOwnProperty: 2 }, 'hasOwnProperty'), 2)
})
