import '../dom.ts'
import fc from 'fast-check'
import { html, render } from 'lit-html'
import t from 'tap'
import { markdown } from '../../src/elements/markdown.ts'

function shown(text: string): HTMLElement {
  const body = document.createElement('div')
  render(html`${markdown(text)}`, body)
  return body
}

t.test('headings are below those of the page, and the rest is what it is called', async (t) => {
  const body = shown(
    '# Card\n\n## Data\n\nSome *soft* and **strong** `code`.\n\n- one\n- two\n\n1. first\n\n> said\n\n```\na < b\n```\n\n---\n',
  )
  t.equal(body.querySelector('h3')!.textContent, 'Card')
  t.equal(body.querySelector('h4')!.textContent, 'Data')
  t.equal(body.querySelectorAll('h1, h2').length, 0)
  for (const element of ['em', 'strong', 'p > code', 'ul li', 'ol li', 'blockquote', 'hr']) {
    t.ok(body.querySelector(element), element)
  }
  t.equal(body.querySelector('pre')!.textContent, 'a < b')
  t.equal(body.querySelector('pre')!.getAttribute('tabindex'), '0')
})

t.test('a table is one that scrolls by itself', async (t) => {
  const body = shown('| Score | Value |\n|---|---|\n| *accuracy* | 0.9 |\n')
  t.strictSame(
    Array.from(body.querySelectorAll('.scroll th[scope=col]'), (cell) => cell.textContent),
    ['Score', 'Value'],
  )
  t.ok(body.querySelector('th[scope=row] em'))
})

t.test('links and pictures are their words: nothing is fetched from elsewhere', async (t) => {
  const body = shown('[here](https://evil.example/) ![a tree](https://evil.example/x.png) <https://evil.example/>')
  t.equal(body.querySelectorAll('a, img').length, 0)
  t.match(body.textContent, 'here a tree')
})

t.test('whatever the card says, it adds no element that runs or fetches', async () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '<script>x</script>',
      '<img src=x onerror=y>',
      '![a](b)',
      '[a](javascript:b)',
      '|a|b|\n|-|-|\n|<b>|',
      '```\n',
      '# ',
      '> ',
      '- ',
      '<!--',
      '<a href=x>',
    ),
    fc.string({ maxLength: 12 }),
  )
  await fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const body = shown(pieces.join('\n'))
      const stray = body.querySelector('script, img, a, iframe, link, style, object, [onerror], [href], [src]')
      if (stray) throw new Error(stray.outerHTML)
    }),
    { numRuns: 200 },
  )
})
