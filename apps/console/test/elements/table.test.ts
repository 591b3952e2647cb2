import '../dom.ts'
import { html, render } from 'lit-html'
import t from 'tap'
import { type TableContent, table } from '../../src/elements/table.ts'

function shown(content: TableContent): HTMLElement {
  const body = document.createElement('div')
  render(table(content), body)
  return body
}

t.test('columns and rows have heads, and who cannot see the heading above it hears its name', async (t) => {
  const body = shown({
    caption: 'Scores',
    head: ['Score', 'Value'],
    rows: [
      ['accuracy', 0.9],
      ['loss', html`<em>1</em>`],
    ],
  })
  t.equal(body.querySelector('caption')!.textContent, 'Scores')
  t.equal(body.querySelector('[role=group]')!.getAttribute('aria-label'), 'Scores')
  t.equal(body.querySelector('[role=group]')!.getAttribute('tabindex'), '0', 'it scrolls by keyboard')
  t.strictSame(
    Array.from(body.querySelectorAll('th[scope=col]'), (cell) => cell.textContent),
    ['Score', 'Value'],
  )
  t.strictSame(
    Array.from(body.querySelectorAll('th[scope=row]'), (cell) => cell.textContent),
    ['accuracy', 'loss'],
  )
  t.equal(body.querySelector('td')!.textContent, '0.9')
  t.ok(body.querySelector('td em'))
})

t.test('a column without a head has a name all the same, and names of a model are texts', async (t) => {
  const body = shown({ caption: 'x', head: ['', '<b>'], rows: [['<img src=x>', '<script>']] })
  t.equal(body.querySelector('th')!.textContent, 'Name')
  t.equal(body.querySelectorAll('b, img, script').length, 0)
  t.equal(body.querySelector('th[scope=row]')!.textContent, '<img src=x>')
})

t.test('a thousand rows at most, and it says so', async (t) => {
  const rows = Array.from({ length: 1001 }, (_, index) => [index, 0])
  const body = shown({ caption: 'x', head: ['a', 'b'], rows })
  t.equal(body.querySelectorAll('tbody tr').length, 1000)
  t.equal(body.querySelector('.quiet')!.textContent, 'The first 1000 of 1001 rows.')
  t.equal(shown({ caption: 'x', head: ['a', 'b'], rows: rows.slice(1) }).querySelector('.quiet'), null)
})
