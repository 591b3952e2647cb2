import t from 'tap'
import type { Sections } from '../src/format.ts'
import { unpackRows, unpackShares, unpackValues } from '../src/unpack-leaves.ts'

const refused = (sentence: string) => ({
  name: 'ModelError',
  code: 'MODEL_ERR_FILE_STRUCTURE',
  message: `In the forest file, ${sentence}.`,
})
const counts = (leaves: number, trees: number) => ({ leaves, trees, nodes: 0, splits: 0, subsetWords: 0 })

t.test('values of either width, so that their sum over the trees is finite', async (t) => {
  t.strictSame(unpackValues({ leafShare: Float32Array.of(0.5, -1) }, counts(2, 1)).leafShare, Float64Array.of(0.5, -1))
  const leafShare = Float64Array.of(Number.MAX_VALUE / 4, -Number.MAX_VALUE / 4)
  t.equal(unpackValues({ leafShare }, counts(2, 4)).leafShare, leafShare, 'as they stand')
  for (const value of [Number.MAX_VALUE / 3.9, Number.NaN, Number.NEGATIVE_INFINITY]) {
    t.throws(
      () => unpackValues({ leafShare: Float64Array.of(0, value) }, counts(2, 4)),
      refused(`leaf 1 has the value ${value}, expected -${Number.MAX_VALUE / 4} to ${Number.MAX_VALUE / 4}`),
    )
  }
})

t.test('a leaf of one class has all of it, others their counts in shares', async (t) => {
  t.strictSame(unpackShares({ leafClass: Uint8Array.of(2, 0) }, 2, 3), {
    leafStart: Uint32Array.of(0, 1, 2),
    leafClass: Uint16Array.of(2, 0),
    leafShare: Float64Array.of(1, 1),
  })
  const several = { leafEntries: Uint8Array.of(1, 0, 2), leafClass: Uint8Array.of(0, 2, 1, 0, 1, 2) }
  const sums = unpackShares({ ...several, leafCount: Uint16Array.of(1, 3, 500, 400, 100) }, 3, 3)
  t.strictSame(sums.leafStart, Uint32Array.of(0, 2, 3, 6))
  t.strictSame(sums.leafShare, Float64Array.of(0.25, 0.75, 1, 0.5, 0.4, 0.1))
})

t.test('shares sum to 1 but for the rounding of adding them up', async (t) => {
  const shares = (...leafShare: number[]): Sections => ({
    leafEntries: Uint8Array.of(leafShare.length - 1),
    leafClass: Uint8Array.from(leafShare, (_, k) => k),
    leafShare: Float64Array.from(leafShare),
  })
  t.strictSame(unpackShares(shares(0.3, 0.7 + 9e-10), 1, 9).leafShare, Float64Array.of(0.3, 0.7 + 9e-10))
  t.throws(() => unpackShares(shares(0.3, 0.7 + 2e-9), 1, 9), { message: /shares of leaf 0 sum to 1\.000000002/ })
  t.throws(() => unpackShares(shares(0.9), 1, 9), refused('the shares of leaf 0 sum to 0.9, expected 1'))
  for (const share of [0, -0.1, 1.1, Number.NaN]) {
    t.throws(
      () => unpackShares(shares(share, 1 - share), 1, 9),
      refused(`leaf 0 gives class 0 the share ${share}, expected one in (0, 1]`),
    )
  }
})

t.test('counts that are 0, missing, or left over are refused', async (t) => {
  const two = { leafEntries: Uint8Array.of(1), leafClass: Uint8Array.of(0, 1) }
  t.throws(() => unpackShares({ ...two, leafCount: Uint8Array.of(0, 0) }, 1, 2), { code: 'MODEL_ERR_FILE_STRUCTURE' })
  t.throws(() => unpackShares({ ...two, leafCount: Uint8Array.of(3) }, 1, 2), { code: 'MODEL_ERR_FILE_STRUCTURE' })
  t.throws(() => unpackShares(two, 1, 2), { code: 'MODEL_ERR_FILE_STRUCTURE' })
  t.throws(
    () => unpackShares({ leafClass: Uint8Array.of(0), leafCount: Uint8Array.of(1) }, 1, 2),
    refused('leafCount has 1 entries, expected 0'),
  )
})

t.test('classes ascend within a leaf and are those of the target', async (t) => {
  const leafEntries = Uint8Array.of(1)
  const listed = (...leafClass: number[]): Sections => ({
    ...{ leafEntries, leafClass: Uint8Array.from(leafClass), leafCount: Uint8Array.of(1, 1) },
  })
  t.throws(() => unpackShares(listed(1, 1), 1, 3), refused('leaf 0 lists class 1, expected one from 2 to 2'))
  t.throws(() => unpackShares(listed(2, 1), 1, 3), refused('leaf 0 lists class 1, expected one from 3 to 2'))
  t.throws(() => unpackShares(listed(0, 3), 1, 3), refused('leaf 0 lists class 3, expected one from 1 to 2'))
  t.throws(
    () => unpackShares({ leafEntries: Uint8Array.of(1, 1), leafClass: new Uint8Array(3) }, 2, 3),
    refused('leafClass has 3 entries, expected 4'),
  )
})

t.test('training rows are a byte, or where that is 255 the next word', async (t) => {
  t.equal(unpackRows({}, 3), undefined)
  t.strictSame(unpackRows({ leafRows: Uint8Array.of(0, 254) }, 2), Uint32Array.of(0, 254))
  const leafRows = Uint8Array.of(255, 1, 255)
  t.strictSame(unpackRows({ leafRows, leafRowsMany: Uint32Array.of(255, 4e9) }, 3), Uint32Array.of(255, 1, 4e9))
  t.throws(
    () => unpackRows({ leafRows, leafRowsMany: Uint32Array.of(1) }, 3),
    refused('leafRowsMany has 1 entries, expected 2'),
  )
  t.throws(() => unpackRows({ leafRows }, 3), { message: 'The forest file has no section leafRowsMany, expected one.' })
})
