import { createHash } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { formatSums, sha256 } from '../src/sums.ts'

t.test('a line a file as sha256sum writes them, sorted by name', async (t) => {
  const files = new Map<string, Uint8Array | string>([
    ['golden.json', 'abc'],
    ['forest.copse', new Uint8Array()],
  ])
  t.equal(
    formatSums(files),
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  forest.copse\n' +
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  golden.json\n',
  )
})

t.test('it lists neither itself nor MLmodel', async (t) => {
  t.equal(
    formatSums(
      new Map([
        ['SHA256SUMS', 'x'],
        ['MLmodel', 'y'],
      ]),
    ),
    '',
  )
})

t.test('sums are those of any bytes', async () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => sha256(bytes) === createHash('sha256').update(bytes).digest('hex')))
})
