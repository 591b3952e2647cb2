/** What a text says about its absence. */
export const PRESENT = 0
/** Missing in every column: empty, `?`, `NA`, `N/A`, `NaN`, `null`, in any case. */
export const MISSING = 1
/** `none` in any case: missing among numbers, but a level among categories, where it is often a real one. */
export const NONE = 2

/** PRESENT, MISSING or NONE for a text without surrounding white space. */
export function absence(text: string): typeof PRESENT | typeof MISSING | typeof NONE {
  switch (text.length) {
    case 0:
      return MISSING
    case 1:
      return text === '?' ? MISSING : PRESENT
    case 2:
    case 3:
    case 4:
      return ABSENT.get(text.toLowerCase()) ?? PRESENT
    default:
      return PRESENT
  }
}

/** Whether a text is an infinity: `inf` or `infinity`, in any case, with or without a sign. */
export function isInfinity(text: string): boolean {
  return text.length <= 9 && INFINITY.test(text)
}

const ABSENT = new Map<string, typeof MISSING | typeof NONE>([
  ['na', MISSING],
  ['n/a', MISSING],
  ['nan', MISSING],
  ['null', MISSING],
  ['none', NONE],
])
const INFINITY = /^[+-]?inf(inity)?$/i
