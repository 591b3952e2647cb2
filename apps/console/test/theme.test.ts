import './dom.ts'
import t from 'tap'

/** Runs the script of the head, as a page that is loaded does. */
let loads = 0
async function load(stored: string | null): Promise<string | undefined> {
  delete document.documentElement.dataset.theme
  if (stored === null) localStorage.removeItem('copse.theme')
  else localStorage.setItem('copse.theme', stored)
  await import(`../src/theme.ts?${loads++}`)
  return document.documentElement.dataset.theme
}

t.test('a chosen scheme is there before the page is drawn, and nothing else is taken for one', async (t) => {
  t.equal(await load('dark'), 'dark')
  t.equal(await load('light'), 'light')
  t.equal(await load(null), undefined)
  t.equal(await load('pink'), undefined)
})

t.test('a browser that keeps nothing is no fault', async (t) => {
  const kept = localStorage
  t.teardown(() => Object.defineProperty(globalThis, 'localStorage', { value: kept, configurable: true }))
  delete document.documentElement.dataset.theme
  Object.defineProperty(globalThis, 'localStorage', {
    configurable: true,
    get() {
      throw new Error('denied')
    },
  })
  await import(`../src/theme.ts?${loads++}`)
  t.equal(document.documentElement.dataset.theme, undefined)
})
