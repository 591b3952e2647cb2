import { Registry, Summary } from '@prometheus-io/client'
import t from 'tap'
import { DurationSummary } from '../../src/metrics/duration-summary.ts'

const about = { name: 'x_seconds', help: 'Seconds of x', labelNames: ['a'] }

/** Text with the value of each quantile apart. */
function split(text: string): [text: string, values: number[]] {
  const values: number[] = []
  const rest = text.replace(/(quantile="[^}]*\}) (\S+)/g, (_, labels, value) => {
    values.push(Number(value))
    return labels
  })
  return [rest, values]
}

t.test("series are those of the client's own, quantiles within 2 %", async (t) => {
  const own = new Registry()
  const theirs = new Registry()
  const series = new DurationSummary({ ...about, register: own }).add({ a: 'one' })
  const model = new Summary({ ...about, registers: [theirs] })
  for (let i = 1; i <= 20_000; i++) {
    series.add(i / 10_000)
    model.observe({ a: 'one' }, i / 10_000)
  }
  const [text, values] = split(await own.metrics())
  const [modelText, modelValues] = split(await theirs.metrics())
  t.equal(text.replace(/_sum\S+ \S+/, ''), modelText.replace(/_sum\S+ \S+/, ''))
  t.equal(values.length, 7)
  for (const [i, value] of values.entries()) {
    t.ok(Math.abs(value - modelValues[i]!) <= 0.02 * modelValues[i]!, `${value} and ${modelValues[i]}`)
  }
})
