import '../dom.ts'
import { render } from 'lit-html'
import t from 'tap'
import { type FigureContent, figure, numbers } from '../../src/elements/figure.ts'

const CONTENT: FigureContent = {
  title: 'Latency',
  draw: () => '<svg><title>Latency</title></svg>',
  head: ['Time', 'ms'],
  rows: [['12:00', 7]],
}

function shown(content: FigureContent): HTMLElement {
  const body = document.createElement('div')
  document.body.append(body)
  render(figure(content), body)
  return body
}

t.test('a chart has a title, and its numbers as a table for those who would rather read', async (t) => {
  const body = shown(CONTENT)
  t.equal(body.querySelector('figcaption h2')!.textContent, 'Latency')
  t.ok(body.querySelector('copse-chart svg'))
  t.equal(body.querySelector('details caption')!.textContent, 'Latency')
  t.equal(body.querySelector('summary')!.textContent, 'Numbers of Latency', 'several of a page are told apart')
  t.equal(body.querySelector('td')!.textContent, '7')
  t.equal(body.querySelector('figcaption .quiet'), null)
})

t.test('a note where there is one', async (t) => {
  t.equal(shown({ ...CONTENT, note: 'As it was.' }).querySelector('figcaption .quiet')!.textContent, 'As it was.')
})

t.test('numbers stand alone too', async (t) => {
  const body = document.createElement('div')
  render(numbers('classes', ['Class', 'Share'], [['a', '1 %']]), body)
  t.notOk(body.querySelector('details')!.hasAttribute('open'))
  t.equal(body.querySelector('th[scope=row]')!.textContent, 'a')
})
