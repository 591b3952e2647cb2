import fc from 'fast-check'
import t from 'tap'
import { checkNumber, checkOptions, checkSeed } from '../src/options.ts'

const known = ['target', 'task', 'types', 'name', 'ignore', 'delimiter', 'featureNames']
const check = (options: unknown, names: readonly string[] = known) => checkOptions(options as never, names)
const refused = (message: string | RegExp) => ({ name: 'DatasetError', code: 'DATASET_ERR_OPTION', message })

t.test('options of the right type pass, absent ones too', async (t) => {
  t.doesNotThrow(() => check({ target: 'y' }))
  t.doesNotThrow(() => check({ target: 'y', task: undefined, types: undefined, name: undefined, ignore: undefined }))
  t.doesNotThrow(() => check({ target: ' ', task: 'regression', types: { a: 'number' }, name: '', ignore: [] }))
  for (const delimiter of [',', ';', '\t', '|', ' ', "'", 'x']) t.doesNotThrow(() => check({ target: 'y', delimiter }))
})

t.test('others are named, with what was expected', async (t) => {
  const cases: [object, string][] = [
    [{ target: undefined }, 'Expected the name of a column for the option "target".'],
    [{ target: '' }, 'Expected the name of a column for the option "target".'],
    [{ target: ['y'] }, 'Expected the name of a column for the option "target".'],
    [{ task: 'Regression' }, `Expected 'classification' or 'regression' for the option "task".`],
    [{ task: null }, `Expected 'classification' or 'regression' for the option "task".`],
    [{ types: { a: 'text' } }, `Expected 'number' or 'category' by column name for the option "types".`],
    [{ types: null }, `Expected 'number' or 'category' by column name for the option "types".`],
    [{ types: 'number' }, `Expected 'number' or 'category' by column name for the option "types".`],
    [{ name: 3 }, 'Expected a string for the option "name".'],
    [{ ignore: 'id' }, 'Expected an array of column names for the option "ignore".'],
    [{ ignore: [1] }, 'Expected an array of column names for the option "ignore".'],
    [{ featureNames: { 0: 'a' } }, 'Expected an array of column names for the option "featureNames".'],
    [{ delimiter: '' }, 'Expected one character that is no quote or line end for the option "delimiter".'],
    [{ delimiter: '::' }, 'Expected one character that is no quote or line end for the option "delimiter".'],
  ]
  for (const [options, message] of cases) t.throws(() => check({ target: 'y', ...options }), refused(message), message)
  for (const delimiter of ['"', '\r', '\n', '\ufeff']) {
    t.throws(() => check({ target: 'y', delimiter }), refused(/option "delimiter"\.$/), JSON.stringify(delimiter))
  }
  for (const options of [null, undefined, 'y', 5]) {
    t.throws(() => check(options), refused('Expected an object with a target for the option "options".'))
  }
})

t.test('an option that is not known is refused with those that are', async (t) => {
  t.throws(
    () => check({ target: 'y', seperator: ';' }, ['target', 'delimiter']),
    refused('Expected one of the options target, delimiter for the option "seperator".'),
  )
  t.throws(() => check({ target: 'y', featureNames: [] }, ['target', 'ignore']), refused(/option "featureNames"/))
  t.throws(() => check(JSON.parse('{"target":"y","__proto__":1}')), refused(/option "__proto__"/))
})

t.test('a number is one, and in its range', async (t) => {
  t.doesNotThrow(() => checkNumber('share', 0.5, true, 'a number between 0 and 1'))
  t.throws(
    () => checkNumber('share', 2, false, 'a number between 0 and 1'),
    refused('Expected a number between 0 and 1 for the option "share".'),
  )
  t.throws(
    () => checkNumber('share', '0.5' as never, true, 'a number between 0 and 1'),
    refused(/"share"/),
    'text that would fit',
  )
})

t.test('a seed is an integer from 0 that float64 holds', async (t) => {
  fc.assert(fc.property(fc.maxSafeNat(), (seed) => checkSeed(seed) === undefined))
  for (const seed of [-1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, '1', null, 1n]) {
    t.throws(
      () => checkSeed(seed as never),
      refused('Expected an integer in 0..2^53-1 for the option "seed".'),
      String(seed),
    )
  }
})
