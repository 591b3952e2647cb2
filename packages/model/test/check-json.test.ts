import t from 'tap'
import { checkJsonSize, JSON_LIMITS } from '../src/check-json.ts'

const check = (text: string) => checkJsonSize(new TextEncoder().encode(text))
const refused = { name: 'ModelError', code: 'MODEL_ERR_FILE_STRUCTURE' }

t.test('counts outside of texts only', async () => {
  const text = '[[[{,:}]]]'.repeat(1 << 18)
  check(JSON.stringify({ [text]: text, 'a\\': '"', b: ['\\"', '\\\\'] }))
})

t.test('the widest table that the format takes passes', async () => {
  const features = Array.from({ length: 65_535 }, (_, f) => ({
    name: `feature ${f}`,
    type: 'category',
    missing: true,
    levels: ['a', 'b'],
  }))
  check(JSON.stringify({ signature: { features }, importances: features.map(() => 0.123) }))
})

t.test('too much of anything is refused, as is text that never ends', async (t) => {
  t.throws(() => check('['.repeat(33)), { ...refused, message: /has 33 levels of nesting, expected at most 32/ })
  t.throws(() => check(`[${'{},'.repeat(JSON_LIMITS.containers)}0]`), { ...refused, message: /objects and arrays/ })
  t.throws(() => check(`{${'"a":1,'.repeat(JSON_LIMITS.keys)}"a":1}`), { ...refused, message: /keys/ })
  t.throws(() => check(`[${'0,'.repeat(JSON_LIMITS.values + 1)}0]`), { ...refused, message: /values/ })
  t.throws(() => check(`"${'a'.repeat(JSON_LIMITS.bytes)}`), { ...refused, message: /bytes/ })
  check('"text that does not end \\')
  check(']]]]')
})
