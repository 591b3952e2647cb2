import t from 'tap'
import { emptyFrame, frame, sheetOf, widest } from '../src/frame.ts'
import { textWidth } from '../src/text.ts'
import { all, readXml, texts } from './xml.ts'

const plain = { page: false, width: 640, height: 300, title: 'R & D', description: 'One < two.', body: '<g/>' }

t.test('a frame is a picture with a name and a description', async (t) => {
  const svg = readXml(frame(plain))
  t.strictSame(svg.attributes, {
    xmlns: 'http://www.w3.org/2000/svg',
    class: 'copse-chart',
    role: 'img',
    width: '640',
    height: '300',
    viewBox: '0 0 640 300',
  })
  const [title, description] = svg.children.filter((child) => typeof child !== 'string')
  t.match(
    [title, description],
    [
      { name: 'title', children: ['R & D'] },
      { name: 'desc', children: ['One < two.'] },
    ],
  )
  t.strictSame(texts(svg, 'text'), ['R & D'])
})

t.test('a note stands below the title', async (t) => {
  t.strictSame(texts(readXml(frame({ ...plain, note: '30 rows' })), 'text'), ['R & D', '30 rows'])
})

t.test('a long title is cut in the picture and whole in its name', async (t) => {
  const title = 'long '.repeat(50)
  const svg = readXml(frame({ ...plain, title }))
  t.strictSame(texts(svg, 'title'), [title])
  t.match(texts(svg, 'text')[0], /^long .*…$/)
})

t.test('it brings its own style and nothing that runs or is fetched', async (t) => {
  const document = frame(plain)
  t.equal(all(readXml(document), 'style').length, 1)
  t.notMatch(
    document.replace('http://www.w3.org/2000/svg', ''),
    /<script|https?:|url\(|@import|style=|javascript:| on\w+=/,
  )
})

t.test('nothing to draw is said', async (t) => {
  const svg = readXml(emptyFrame('Nothing', sheetOf({})))
  t.strictSame(texts(svg, 'desc'), ['There is no data.'])
  t.strictSame(texts(svg, 'text'), ['Nothing', 'No data'])
})

t.test('the widest of no texts is 0', async (t) => {
  t.equal(widest([], 12), 0)
  t.equal(widest(['a', 'abc', 'ab'], 12), textWidth('abc', 12))
})

t.test('on a page it leaves out what the page has: style sheet, paper, heading', async (t) => {
  const svg = readXml(frame({ ...plain, page: true, note: '30 rows' }))
  t.equal(all(svg, 'style').length, 0)
  t.equal(all(svg, 'rect').length, 0)
  t.strictSame(texts(svg, 'text'), ['30 rows'])
  t.strictSame(texts(svg, 'title'), ['R & D'])
})

t.test('a sheet is 640 pixels wide, or as wide as asked for, and never less than 200', async (t) => {
  t.equal(sheetOf({}).width, 640)
  t.equal(sheetOf({ width: 320 }).width, 320)
  t.equal(sheetOf({ width: 0 }).width, 200)
})
