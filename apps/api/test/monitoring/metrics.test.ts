import { featureDistances, Layout } from '@copse/monitoring'
import { Counter, Gauge, Registry } from '@prometheus-io/client'
import t from 'tap'
import { monitorMetrics } from '../../src/monitoring/metrics.ts'
import { Monitor } from '../../src/monitoring/monitor.ts'
import { batchOf, drawn, irisFacts, shifted } from './facts.ts'

type Series = ReadonlyMap<string, number>

/** Samples of a metric by feature and bin. */
function samples(text: string, name: string): Series {
  const lines = text.matchAll(new RegExp(`^${name}\\{.*feature="(\\w+)",bin="(\\w+)"\\} (\\S+)$`, 'gm'))
  return new Map(Array.from(lines, ([, feature, bin, value]) => [`${feature} ${bin}`, Number(value)]))
}

t.test("a fleet's PSI and Jensen-Shannon from the summed counters are those of the merged windows", async (t) => {
  const facts = irisFacts()
  const layout = new Layout(facts.reference)
  const merged = new Float64Array(layout.cells)
  const texts: string[] = []
  for (const [pod, rows] of [drawn(70, 1), shifted(130, 2, 0.6), drawn(9, 3)].entries()) {
    const monitor = new Monitor()
    t.teardown(() => monitor.close())
    monitor.serve([facts])
    const batch = batchOf(facts, rows, `pod${pod}`)
    monitor.take(batch)
    for (let cell = 0; cell < merged.length; cell++) merged[cell]! += batch.cells[cell]!
    const registry = new Registry()
    monitorMetrics(monitor, { client: { Counter, Gauge }, registers: [registry] })
    texts.push(await registry.metrics())
  }
  // As docs/monitoring.md has it in PromQL: e = max of the ratios, s = (sum + 1/2) / (all + bins / 2).
  const expected = samples(texts[0]!, 'copse_feature_reference_ratio')
  const counts = texts.map((text) => samples(text, 'copse_feature_bin_total'))
  const sum = (key: string) => counts.reduce((total, of) => total + of.get(key)!, 0)
  for (const { feature, psi, jensenShannon } of featureDistances(layout, merged)) {
    const bins = [...expected.keys()].filter((key) => key.startsWith(`${feature} `))
    const all = bins.reduce((total, key) => total + sum(key), 0)
    let fleetPsi = 0
    let fleetJs = 0
    for (const key of bins) {
      const e = expected.get(key)!
      const s = (sum(key) + 0.5) / (all + 0.5 * bins.length)
      fleetPsi += (s - e) * Math.log(s / e)
      fleetJs += (s * Math.log2((2 * s) / (s + e)) + e * Math.log2((2 * e) / (s + e))) / 2
    }
    t.ok(Math.abs(fleetPsi - psi) < 1e-12, `${feature}: ${fleetPsi}`)
    t.ok(Math.abs(fleetJs - jensenShannon) < 1e-12)
  }
})

t.test('segments, and what is off, as series', async (t) => {
  const facts = irisFacts()
  const segments = [{ name: 'plan', header: 'x-plan', values: ['free', 'pro'] }]
  const monitor = new Monitor({ windowMs: 60_000, feedbackMs: 60_000, intervalMs: 60_000, check: {}, segments })
  t.teardown(() => monitor.close())
  monitor.serve([facts])
  monitor.take(batchOf(facts, [[5.1, 3.5, 1.4, 0.2]], 'a', 1))
  monitor.feedback([{ id: 'a.0', label: 'setosa' }], undefined)
  const registry = new Registry()
  monitorMetrics(monitor, { client: { Counter, Gauge }, registers: [registry] })
  const text = await registry.metrics()
  const of = 'model="iris",version="1",segment="plan",value="pro",class="setosa"'
  for (const name of ['predictions', 'confidence', 'labels', 'correct']) {
    t.ok(text.includes(`copse_segment_${name}_total{${of}} 1\n`), name)
  }
  t.ok(
    text.includes(
      'copse_segment_predictions_total{model="iris",version="1",segment="plan",value="other",class="setosa"} 0\n',
    ),
  )
  t.ok(text.includes('copse_prediction_log_dropped_total 0\n'))
  t.ok(text.includes('copse_drift_webhook_total{result="delivered"} 0\n'))
  t.equal(await registry.metrics(), text, 'a scrape counts nothing twice')
})
