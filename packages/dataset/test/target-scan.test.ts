import t from 'tap'
import type { Task } from '../src/options.ts'
import { memorySource } from '../src/source.ts'
import { TargetScan } from '../src/target-scan.ts'

/** Scans a target as a table is read: once, and once more where it is incomplete. */
function scan(texts: readonly string[], task?: Task): TargetScan {
  const found = new TargetScan({ field: 0, name: 'y', asked: undefined }, task, memorySource())
  texts.forEach((text, row) => {
    found.observe(text, row)
  })
  if (found.incomplete) {
    texts.forEach((text, row) => {
      found.collect(text, row)
    })
  }
  found.settle()
  return found
}

const classes = (texts: readonly string[], task?: Task) => {
  const { category, labels } = scan(texts, task)
  return category ? [...labels].sort() : 'numbers'
}

t.test('text, and two distinct numbers, are classes', async (t) => {
  t.same(classes(['b', 'a', 'b']), ['a', 'b'])
  t.same(classes(['1', '2', 'x']), ['1', '2', 'x'], 'text that comes late')
  t.same(classes(['0', '1', '1']), ['0', '1'])
  t.same(classes(['-1', '1', '1.5']), 'numbers')
  t.same(classes(['none', 'mild']), ['mild', 'none'])
  t.same(classes(['01', '02', '03']), ['01', '02', '03'], 'codes')
  t.same(classes(['9007199254740993', '1', '2']), ['1', '2', '9007199254740993'], 'what float64 cannot hold')
})

t.test('the task has the last word', async (t) => {
  t.same(classes(['1', '2', '3', '1.0'], 'classification'), ['1', '1.0', '2', '3'])
  t.same(classes(['0', '1'], 'regression'), 'numbers')
  t.same(classes(['007', '1e300', '9007199254740993'], 'regression'), 'numbers', 'in float64, whatever it rounds')
  t.throws(() => scan(['1', 'b'], 'regression'), {
    code: 'DATASET_ERR_VALUE',
    message: 'Expected a number but found "b" in column "y", rows[1].',
  })
})

t.test('no row lacks a value', async (t) => {
  const missing = (row: number) => ({
    code: 'DATASET_ERR_TARGET_MISSING',
    message: `Expected a value of the target but found none in column "y", rows[${row}].`,
    row,
    column: 'y',
  })
  for (const task of [undefined, 'classification', 'regression'] as const) {
    t.throws(() => scan(['1', '?', '', '2'], task), missing(1))
  }
  t.throws(() => scan(['1', '2', 'none', '3', 'none']), missing(2), 'none is no number')
  t.throws(() => scan(['1', 'none'], 'regression'), missing(1))
  t.same(classes(['1', 'none'], 'classification'), ['1', 'none'])
})

t.test('one class is no target, however it is spelt', async (t) => {
  for (const [texts, task] of [
    [['p', 'p'], undefined],
    [['5', '5'], undefined],
    [['5', '5.0', '5e0'], undefined],
    [['5', '5'], 'classification'],
  ] as const) {
    t.throws(() => scan(texts, task), {
      code: 'DATASET_ERR_TARGET_ONE_CLASS',
      message: `Expected at least two classes but found only "${texts[0]}" in target column "y" of the rows given.`,
    })
  }
  t.doesNotThrow(() => scan(['5', '5'], 'regression'))
})

t.test('a target of numbers is constant when all of them are one value', async (t) => {
  t.equal(scan(['5', '5', '5'], 'regression').constant, true)
  t.equal(scan(['5', '5.0', '05'], 'regression').constant, true)
  t.equal(scan(['0', '-0'], 'regression').constant, true)
  t.equal(scan(['5', '5', '5.1'], 'regression').constant, false)
  t.equal(scan(['a', 'b']).constant, false)
})

t.test('numbers are finite in float64, and no class is the key of a prototype', async (t) => {
  t.throws(() => scan(['1', '1e400', '2'], 'regression'), {
    code: 'DATASET_ERR_INFINITE',
    message: 'Expected a finite number but found "1e400" in column "y", rows[1].',
  })
  t.doesNotThrow(() => scan(['1', '1e300', '2']))
  t.throws(() => scan(['a', '__proto__']), { code: 'DATASET_ERR_VALUE', message: /a class other than "__proto__"/ })
  t.same(classes(['constructor', 'toString']), ['constructor', 'toString'])
})

t.test('too many classes are named as such', async (t) => {
  const target = new TargetScan({ field: 0, name: 'y', asked: undefined }, undefined, memorySource())
  for (let row = 0; row < 65_535; row++) target.observe(`k${row}`, row)
  t.throws(() => target.observe('k', 65_535), {
    code: 'DATASET_ERR_LEVELS',
    message: `Expected at most 65,535 classes but found more in target column "y", rows[65535]; for numbers give task: 'regression'.`,
  })
})
