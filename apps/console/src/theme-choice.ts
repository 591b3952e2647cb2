export type Theme = 'auto' | 'light' | 'dark'

const STORED = 'copse.theme'
const NEXT: Readonly<Record<Theme, Theme>> = { auto: 'dark', dark: 'light', light: 'auto' }

export function currentTheme(): Theme {
  const { theme } = document.documentElement.dataset
  return theme === 'light' || theme === 'dark' ? theme : 'auto'
}

/** Goes from the scheme of the system to dark, to light and back, and remembers it in this browser. */
export function switchTheme(): void {
  const theme = NEXT[currentTheme()]
  const { dataset } = document.documentElement
  if (theme === 'auto') delete dataset.theme
  else dataset.theme = theme
  try {
    if (theme === 'auto') localStorage.removeItem(STORED)
    else localStorage.setItem(STORED, theme)
  } catch {
    // Where nothing may be kept the choice lasts as long as the page.
  }
}
