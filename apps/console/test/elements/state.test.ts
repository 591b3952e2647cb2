import '../dom.ts'
import { render } from 'lit-html'
import t from 'tap'
import { stateBadge } from '../../src/elements/state.ts'
import type { DriftLevel } from '../../src/monitoring.ts'

function badge(state: DriftLevel): Element {
  const body = document.createElement('div')
  render(stateBadge(state), body)
  return body.querySelector('.badge')!
}

t.test('a state is told by word and shape, so that it needs no colour', async (t) => {
  const shown = (['none', 'possible', 'drift'] as const).map((state) => badge(state))
  t.strictSame(
    shown.map((one) => one.querySelector('.word')!.textContent),
    ['No drift', 'Possible drift', 'Drift'],
  )
  t.equal(new Set(shown.map((one) => one.querySelector('[aria-hidden=true]')!.textContent)).size, 3)
  t.ok(shown[2]!.classList.contains('drift'))
})

t.test('a state that this page does not know is shown by its name', async (t) => {
  t.match(badge('new' as DriftLevel).textContent, 'new')
})
