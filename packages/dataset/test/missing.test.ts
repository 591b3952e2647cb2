import t from 'tap'
import { absence, isInfinity, MISSING, NONE, PRESENT } from '../src/missing.ts'

t.test('missing in every column', async (t) => {
  for (const text of ['', '?', 'NA', 'na', 'N/A', 'n/a', 'NaN', 'nan', 'null', 'NULL'])
    t.equal(absence(text), MISSING, text)
})

t.test('missing among numbers only', async (t) => {
  for (const text of ['none', 'None', 'NONE']) t.equal(absence(text), NONE, text)
})

t.test('present', async (t) => {
  for (const text of ['0', 'a', 'Nan a', 'n/a.', '-', 'nope', '??', 'nulls']) t.equal(absence(text), PRESENT, text)
})

t.test('infinities', async (t) => {
  for (const text of ['inf', '-inf', '+Inf', 'Infinity', '-INFINITY']) t.ok(isInfinity(text), text)
  for (const text of ['', 'info', 'infinite', '1inf', '--inf']) t.notOk(isInfinity(text), text)
})
