import { Histogram, Registry } from '@prometheus-io/client'
import t from 'tap'
import { DurationHistogram } from '../../src/metrics/duration-histogram.ts'

const about = { name: 'x_seconds', help: 'Seconds of x', labelNames: ['a', 'b'] }
const BOUNDS = [0.001, 0.1, 2.5]
const SERIES = [
  [{ a: 'one', b: 200 }, [0.0005, 0.001, 0.0011, 99]],
  [{ a: 'say "hi"\n', b: 404 }, [2.5]],
  [{ a: 'none', b: 1 }, []],
] as const

t.test("text and JSON are those of the client's own", async (t) => {
  const own = new Registry()
  const theirs = new Registry()
  const histogram = new DurationHistogram({ ...about, register: own }, BOUNDS)
  const model = new Histogram({ ...about, registers: [theirs], buckets: BOUNDS })
  for (const [labels, values] of SERIES) {
    const series = histogram.add(labels)
    model.zero(labels)
    for (const value of values) {
      series.add(value)
      model.observe(labels, value)
    }
  }
  t.equal(await own.metrics(), await theirs.metrics())
  t.match(await own.getMetricsAsJSON(), JSON.parse(JSON.stringify(await theirs.getMetricsAsJSON())))
  const both = async (register: Registry) => {
    const json = await register.getMetricsAsJSON()
    return Registry.aggregate([json, json]).metrics()
  }
  t.equal(await both(own), await both(theirs), 'two processes')
})
