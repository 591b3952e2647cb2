import t from 'tap'
import { checkFigure, toJsonDocument, toTableDocument } from '../src/documents.ts'

const refused = { code: 'TRACKING_ERR_VALUE' }

t.test('a dictionary', async (t) => {
  t.equal(toJsonDocument({ a: [1, null] }, 'a.json'), '{\n  "a": [\n    1,\n    null\n  ]\n}\n')
  t.throws(() => toJsonDocument({}, 'a.yaml'), refused)
  t.throws(() => toJsonDocument((() => 1) as never, 'a.json'), refused)
})

t.test('a table in the split form of pandas', async (t) => {
  const split = {
    columns: ['a', 'b'],
    data: [
      [1, 'x'],
      [2, null],
    ],
  }
  t.same(JSON.parse(toTableDocument(split, 't.json')), split)
  t.same(JSON.parse(toTableDocument([{ a: 1, b: 'x' }, { a: 2 }], 't.json')), split)
  t.same(JSON.parse(toTableDocument([], 't.json')), { columns: [], data: [] })
  t.throws(() => toTableDocument({ columns: ['a'], data: [[1, 2]] }, 't.json'), refused)
  t.throws(() => toTableDocument([], 't.csv'), refused)
})

t.test('a figure is what its name says', async (t) => {
  const svg = '<?xml version="1.0"?>\n<!-- x -->\n<svg xmlns="http://www.w3.org/2000/svg"></svg>'
  const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1])
  t.equal(checkFigure(svg, 'a.svg'), svg)
  t.equal(checkFigure(png, 'a.png'), png)
  t.throws(() => checkFigure(svg, 'a.png'), refused)
  t.throws(() => checkFigure(png, 'a.svg'), refused)
  t.throws(() => checkFigure('<html><svg></svg>', 'a.svg'), refused)
})
