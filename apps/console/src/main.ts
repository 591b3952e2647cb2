import { render } from 'lit-html'
import { Page, VIEWS, type View } from './page.ts'
import { frame } from './views/frame.ts'

/** Draws at most once a frame, however much has changed. */
let asked = false
function draw(): void {
  if (asked) return
  asked = true
  requestAnimationFrame(() => {
    asked = false
    render(frame(page), document.body)
  })
}

const page = new Page(draw, sessionStorage)

function follow(): void {
  const [view] = VIEWS.filter((name) => `#${name}` === location.hash)
  page.show(view ?? ('predict' satisfies View))
}

addEventListener('hashchange', () => {
  follow()
  // Who goes to a view by keyboard or screen reader goes on from its beginning.
  requestAnimationFrame(() => document.querySelector<HTMLElement>('h1')?.focus())
})
addEventListener('online', () => page.connection.tryNow())
document.addEventListener('visibilitychange', () => (document.hidden ? page.rest() : page.start()))
follow()
page.start()
