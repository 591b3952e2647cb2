import fc from 'fast-check'
import t from 'tap'
import { coordinate, ellipsis, text, textWidth } from '../src/text.ts'

t.test('a text carries its place, look, anchor and turn', async (t) => {
  t.equal(text(1, 2, 'a<b'), '<text x="1" y="2" dy=".35em">a&lt;b</text>')
  t.equal(
    text(1.005, 2, 'a', { look: 'muted', anchor: 'end', turn: -90 }),
    '<text x="1" y="2" dy=".35em" class="muted" text-anchor="end" transform="rotate(-90 1 2)">a</text>',
  )
})

t.test('coordinates have two decimals at most and no minus zero', async (t) => {
  t.strictSame([1 / 3, -0.001, 10, 12.345678].map(coordinate), ['0.33', '0', '10', '12.35'])
})

t.test('wide characters need more room than narrow ones, combining marks none', async (t) => {
  t.ok(textWidth('WWW', 12) > textWidth('iii', 12) * 2)
  t.ok(textWidth('花花', 12) > textWidth('aa', 12))
  t.equal(textWidth('e\u0301', 12), textWidth('e', 12))
  t.equal(textWidth('abc', 24), textWidth('abc', 12) * 2)
})

t.test('a long text is cut between characters and keeps to its room', async (t) => {
  t.equal(ellipsis('short', 100, 12), 'short')
  t.equal(ellipsis('a label that is too long', 60, 12), 'a label…')
  t.equal(ellipsis('🌳🌳🌳🌳', 40, 12), '🌳🌳…')
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 20, max: 200 }), (any, width) => {
      const short = ellipsis(any, width, 12)
      const whole = short === any
      const cut = short.endsWith('…') && any.startsWith(short.slice(0, -1)) && !/\p{Cs}/u.test(short)
      return textWidth(short, 12) <= width && (whole || cut)
    }),
  )
})
