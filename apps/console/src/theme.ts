// Runs before the page is drawn, so that a chosen scheme does not flash; `Theme` sets the same.
try {
  const chosen = localStorage.getItem('copse.theme')
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen
} catch {
  // A browser that keeps nothing has nothing to tell.
}
