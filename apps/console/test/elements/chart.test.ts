import { WIDTH } from '../dom.ts'
import '../../src/elements/chart.ts'
import { html, render } from 'lit-html'
import t from 'tap'
import type { Draw } from '../../src/elements/chart.ts'

/** A chart in the document. */
function chart(draw: Draw): HTMLElement {
  const body = document.createElement('div')
  document.body.append(body)
  render(html`<copse-chart .draw=${draw}></copse-chart>`, body)
  return body
}

t.test('draws for the width that it has', async (t) => {
  const body = chart((width) => `<svg viewBox="0 0 ${width} 10"><title>A</title></svg>`)
  t.equal(body.querySelector('svg')!.getAttribute('viewBox'), `0 0 ${WIDTH} 10`)
})

t.test('draws anew when what it shows is new, and not when it is the same', async (t) => {
  const body = chart(() => '<svg><title>one</title></svg>')
  const first = body.querySelector('svg')
  render(html`<copse-chart .draw=${() => '<svg><title>one</title></svg>'}></copse-chart>`, body)
  const element = body.querySelector('copse-chart') as HTMLElement & { draw: Draw }
  element.draw = () => '<svg><title>one</title></svg>'
  t.ok(body.querySelector('svg'))
  element.draw = () => '<svg><title>two</title></svg>'
  t.equal(body.querySelector('title')!.textContent, 'two')
  t.ok(first)
})

t.test('what cannot be drawn is said, and takes nothing else down', async (t) => {
  const body = chart(() => {
    throw new Error('no bins')
  })
  t.equal(body.textContent!.trim(), 'This cannot be drawn.')
})
