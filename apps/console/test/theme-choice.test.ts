import './dom.ts'
import t from 'tap'
import { currentTheme, switchTheme } from '../src/theme-choice.ts'

const STORED = 'copse.theme'

t.test('from the scheme of the system to dark, to light and back, and it is remembered', async (t) => {
  t.equal(currentTheme(), 'auto')
  for (const theme of ['dark', 'light'] as const) {
    switchTheme()
    t.equal(currentTheme(), theme)
    t.equal(document.documentElement.dataset.theme, theme)
    t.equal(localStorage.getItem(STORED), theme)
  }
  switchTheme()
  t.equal(currentTheme(), 'auto')
  t.equal(localStorage.getItem(STORED), null)
  t.notOk('theme' in document.documentElement.dataset)
})

t.test('where nothing may be kept the choice lasts as long as the page', async (t) => {
  const kept = localStorage
  t.teardown(() => Object.defineProperty(globalThis, 'localStorage', { value: kept, configurable: true }))
  const refusing = {
    setItem() {
      throw new Error('denied')
    },
    removeItem() {
      throw new Error('denied')
    },
  }
  Object.defineProperty(globalThis, 'localStorage', { value: refusing, configurable: true })
  switchTheme()
  t.equal(currentTheme(), 'dark')
  switchTheme()
  switchTheme()
  t.equal(currentTheme(), 'auto')
})

t.test('something else in its place is the scheme of the system', async (t) => {
  document.documentElement.dataset.theme = 'pink'
  t.equal(currentTheme(), 'auto')
})
