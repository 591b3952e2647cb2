import fc from 'fast-check'
import t from 'tap'
import { escapeXml } from '../src/escape.ts'
import { anyText } from './arbitrary.ts'
import { readXml } from './xml.ts'

t.test('markup becomes text', async (t) => {
  t.equal(escapeXml(`<a href="x">R&D's</a>`), '&lt;a href=&quot;x&quot;&gt;R&amp;D&#39;s&lt;/a&gt;')
})

t.test('white space becomes spaces, what XML cannot hold becomes U+FFFD', async (t) => {
  t.equal(escapeXml('a\tb\nc\u2028d'), 'a b c d')
  t.equal(escapeXml('\0\u001B\u0085\uD800\uFFFE'), '\uFFFD'.repeat(5))
  t.equal(escapeXml('木🌳é'), '木🌳é')
})

t.test('any text stands in an element and an attribute, and is read back', async () => {
  const any = fc.oneof(anyText, fc.string({ unit: 'grapheme' }))
  fc.assert(
    fc.property(any, (text) => {
      const { attributes, children } = readXml(`<a b="${escapeXml(text)}">${escapeXml(text)}</a>`)
      const expected = text.replace(/\s/gu, ' ').replace(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, '\uFFFD')
      return attributes.b === expected && children.join('') === expected
    }),
    { numRuns: 1000 },
  )
})
