import '../dom.ts'
import { html, render } from 'lit-html'
import t from 'tap'
import { tiles } from '../../src/elements/tiles.ts'

t.test('a name, a value and perhaps a note each, as terms and their descriptions', async (t) => {
  const body = document.createElement('div')
  render(
    tiles([
      { name: 'Rows', value: '7', note: 'a second' },
      { name: '<b>', value: html`<em>x</em>` },
    ]),
    body,
  )
  const [first, second] = body.querySelectorAll('dl > .tile')
  t.equal(first!.querySelector('dt')!.textContent, 'Rows')
  t.equal(first!.querySelector('dd .value')!.textContent, '7')
  t.equal(first!.querySelector('dd .quiet')!.textContent, 'a second')
  t.equal(second!.querySelector('dt')!.textContent, '<b>', 'a text')
  t.equal(second!.querySelector('dd em')!.textContent, 'x')
  t.equal(second!.querySelector('.quiet'), null)
})
