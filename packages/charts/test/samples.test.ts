import { readFileSync } from 'node:fs'
import t from 'tap'
import { SAMPLES } from './samples.ts'

t.test('the same numbers give the same bytes', async (t) => {
  for (const [name, svg] of Object.entries(SAMPLES)) {
    const bytes = readFileSync(new URL(`fixtures/${name}.svg`, import.meta.url), 'utf8')
    t.equal(svg, bytes, `${name}: unchanged, else look at it and run fixtures/make-charts.ts`)
  }
})
