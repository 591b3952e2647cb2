const QUOTE = 0x22
const BACKSLASH = 0x5c

/**
 * The JSON text with null for each `NaN` outside of its strings: Python's json module writes what pandas holds for a
 * missing value like that. Anything else stays as it is.
 */
export function nanToNull(text: string): string {
  let result = ''
  let copied = 0
  let quoted = 0
  for (let nan = text.indexOf('NaN'); nan >= 0; nan = text.indexOf('NaN', nan + 3)) {
    // `quoted` is the end of a string or the start of what was not looked at.
    for (;;) {
      const start = text.indexOf('"', quoted)
      if (start < 0 || start > nan) break
      quoted = endOfString(text, start)
    }
    if (quoted > nan) continue
    result += `${text.slice(copied, nan)}null`
    copied = nan + 3
  }
  return result + text.slice(copied)
}

/** Place after the closing quote of the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const character = text.charCodeAt(i)
    if (character === BACKSLASH) i++
    else if (character === QUOTE) return i + 1
  }
  return text.length
}
