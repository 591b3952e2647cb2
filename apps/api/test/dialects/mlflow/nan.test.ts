import fc from 'fast-check'
import t from 'tap'
import { nanToNull } from '../../../src/dialects/mlflow/nan.ts'

t.test('NaN outside of strings is null', async (t) => {
  t.equal(nanToNull('[NaN,1,NaN]'), '[null,1,null]')
  t.equal(nanToNull('["NaN",NaN,"a\\"NaN",NaN,"\\\\",NaN]'), '["NaN",null,"a\\"NaN",null,"\\\\",null]')
  for (const same of ['', '{}', '"NaN"', '"NaN', '["a", "b NaN c"]', 'nan', '[Infinity]'])
    t.equal(nanToNull(same), same)
})

t.test('any JSON with NaN for null reads as the same JSON', async (t) => {
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constant(null),
      fc.string({ unit: fc.constantFrom('N', 'a', '"', '\\', 'NaN', ',') }),
      fc.array(tie('value'), { maxLength: 6 }),
      fc.dictionary(fc.string({ unit: fc.constantFrom('NaN', '"', '\\') }), tie('value'), { maxKeys: 4 }),
    ),
  })).value
  fc.assert(
    fc.property(value, (json) => {
      const text = JSON.stringify(json)
      const python = text.replaceAll(/"(?:[^"\\]|\\.)*"|null/g, (token) => (token === 'null' ? 'NaN' : token))
      t.equal(nanToNull(python), text)
    }),
    { numRuns: 500 },
  )
})
