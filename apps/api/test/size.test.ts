import t from 'tap'
import { SIZE, sizeBytes } from '../src/size.ts'

t.test('a number with its unit', async (t) => {
  t.equal(sizeBytes('0'), 0)
  t.equal(sizeBytes('512KiB'), 524_288)
  t.equal(sizeBytes('1.5MiB'), 1_572_864)
  t.equal(sizeBytes('10GiB'), 10_737_418_240)
  t.equal(sizeBytes('2TiB'), 2 ** 41)
})

t.test('anything else does not match', async (t) => {
  const pattern = new RegExp(SIZE)
  for (const text of ['0', '64MiB', '1.5GiB', '1TiB', '3KiB']) t.match(text, pattern)
  for (const text of ['', '1', '1MB', '-1MiB', '1 MiB', 'MiB', '1.MiB', '1e3KiB', '10mib'])
    t.notMatch(text, pattern, text)
})
