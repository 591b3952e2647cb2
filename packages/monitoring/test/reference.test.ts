import { createHash } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { checksumOf } from '../src/reference.ts'
import { reference } from './arbitrary.ts'

t.test('the checksum is the SHA-256 of the JSON as it stands', async (t) => {
  // printf '%s' '{"b":1,"a":["ü",null,0.1]}' | sha256sum
  const known = '95c5a6a0c3bc87d971933fae633a00ba7f5327032153c9d91d657c144259a1da'
  t.equal(checksumOf({ b: 1, a: ['ü', null, 0.1] }), known)
  t.not(checksumOf({ a: ['ü', null, 0.1], b: 1 }), known, 'the order of the keys counts')
  t.equal(checksumOf({ b: 1, a: ['ü', Number.NaN, 0.1], c: undefined }), known, 'what JSON leaves out does not')
})

t.test('of a reference it can be taken from its text, without a parser', async () => {
  fc.assert(
    fc.property(reference, (any) => {
      const text = JSON.stringify(any)
      const content = `${text.slice(0, text.lastIndexOf(',"checksum":'))}}`
      return createHash('sha256').update(content).digest('hex') === any.checksum
    }),
  )
})
