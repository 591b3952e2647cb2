import t from 'tap'
import { shade } from '../src/confusion-matrix.ts'
import { DARK, LIGHT, lineClass, MOST_SERIES, type Palette, pageStyle, STYLE } from '../src/palette.ts'

for (const [name, palette] of Object.entries({ light: LIGHT, dark: DARK })) {
  t.test(`${name}: texts are readable on the paper (WCAG AA, 4.5)`, async (t) => {
    t.ok(contrast(palette.ink, palette.paper) >= 4.5)
    t.ok(contrast(palette.muted, palette.paper) >= 4.5)
  })

  t.test(`${name}: lines and bars stand out from the paper (3)`, async (t) => {
    for (const colour of palette.series) t.ok(contrast(colour, palette.paper) >= 3, colour)
  })

  t.test(`${name}: texts are readable on a cell of any share`, async (t) => {
    for (const colour of palette.series.slice(0, 2)) t.ok(leastCellContrast(palette, colour) >= 4.5, colour)
  })
}

t.test('both schemes have the same series', async (t) => {
  t.equal(LIGHT.series.length, DARK.series.length)
  t.match(STYLE, /@media \(prefers-color-scheme:dark\)/)
})

t.test('the style of a page has both schemes in each colour and stays below .copse-chart', async (t) => {
  t.match(pageStyle(), `.f0{fill:light-dark(${LIGHT.series[0]},${DARK.series[0]})}`)
  t.notMatch(pageStyle(), '@media')
  for (const rule of pageStyle().split('}').slice(0, -1)) t.match(rule, /^\.copse-chart[ {]/)
})

t.test('every series that is drawn has its own look', async (t) => {
  const looks = Array.from({ length: MOST_SERIES }, (_, index) => lineClass(index))
  t.equal(new Set(looks).size, MOST_SERIES)
  t.equal(looks[0], 'line s0')
  t.equal(looks[8], 'line s0 dashed')
  t.equal(looks[16], 'line s0 dotted')
})

function leastCellContrast({ paper, ink }: Palette, colour: string): number {
  let least = Number.POSITIVE_INFINITY
  for (let percent = 0; percent <= 100; percent++) {
    const share = percent / 100
    const cell = channels(colour).map((value, i) => value * shade(share) + channels(paper)[i] * (1 - shade(share)))
    least = Math.min(least, ratio(luminance(cell), luminance(channels(share < 0.5 ? ink : paper))))
  }
  return least
}

/** https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(one: string, other: string): number {
  return ratio(luminance(channels(one)), luminance(channels(other)))
}

function ratio(one: number, other: number): number {
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)
}

function luminance(rgb: readonly number[]): number {
  const [red, green, blue] = rgb.map((value) =>
    value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
  )
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function channels(colour: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))
}
