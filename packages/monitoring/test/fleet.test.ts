import t from 'tap'
import {
  buildReference,
  checkDrift,
  type FeatureBin,
  featureBins,
  featureDistances,
  MOST_EXPORTED,
  referenceRatios,
  Window,
} from '../src/index.ts'
import { SHA256 } from './arbitrary.ts'
import { manyRows, randomBits, windowOf, world } from './drift/worlds.ts'

const bits = randomBits(5)
const one = world(600, bits)
const pods = [windowOf(one, 200, bits, 0.3), windowOf(one, 90, bits), manyRows(one, 5000, bits)]
const { layout } = pods[0]

/** A PromQL vector: values by their labels. */
type Vector = ReadonlyMap<string, { readonly labels: Readonly<Record<string, string>>; readonly value: number }>

const vector = (samples: readonly { labels: Record<string, string>; value: number }[]): Vector =>
  new Map(samples.map((sample) => [JSON.stringify(sample.labels), sample]))
const scrape = (bins: readonly FeatureBin[], more: Record<string, string>) =>
  bins.map(({ feature, bin, value }) => ({ labels: { feature, bin, ...more }, value }))
/** `OP by (labels) (vector)`. */
const by = (names: readonly string[], of: Vector, op: (values: number[]) => number): Vector => {
  const groups = new Map<string, { labels: Record<string, string>; values: number[] }>()
  for (const { labels, value } of of.values()) {
    const kept = Object.fromEntries(names.map((name) => [name, labels[name]]))
    const key = JSON.stringify(kept)
    groups.set(key, { labels: kept, values: [...(groups.get(key)?.values ?? []), value] })
  }
  return vector([...groups.values()].map(({ labels, values }) => ({ labels, value: op(values) })))
}
/** `left OP on(names) group_left() right`: what has no partner is left out. */
const join = (left: Vector, names: readonly string[], right: Vector, op: (a: number, b: number) => number): Vector => {
  const found = [...left.values()].flatMap(({ labels, value }) => {
    const partner = right.get(JSON.stringify(Object.fromEntries(names.map((name) => [name, labels[name]]))))
    return partner ? [{ labels, value: op(value, partner.value) }] : []
  })
  return vector(found)
}
const map = (of: Vector, op: (value: number) => number): Vector =>
  vector([...of.values()].map(({ labels, value }) => ({ labels, value: op(value) })))

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
const BIN = ['feature', 'bin']

t.test('PSI and JS by PromQL over the summed counters of a fleet are those of the merged windows', async (t) => {
  const total = vector(
    pods.flatMap((pod, index) => scrape(featureBins(layout, pod.lifetime()), { pod: String(index) })),
  )
  const ratio = vector(pods.flatMap((_, index) => scrape(referenceRatios(layout), { pod: String(index) })))

  // copse:feature_bin:current = sum by (feature, bin) (increase(…)) and on (feature, bin) the ratio
  const expected = by(BIN, ratio, (values) => Math.max(...values))
  const current = join(by(BIN, total, sum), BIN, expected, (count) => count)
  // (current + 0.5) / on (feature) group_left() (sum by (feature) (current) + 0.5 * count by (feature) (current))
  const rows = by(['feature'], current, (values) => sum(values) + 0.5 * values.length)
  const share = join(
    map(current, (count) => count + 0.5),
    ['feature'],
    rows,
    (a, b) => a / b,
  )
  // sum by (feature) ((share - expected) * ln(share / expected))
  const psi = by(
    ['feature'],
    join(share, BIN, expected, (q, p) => (q - p) * Math.log(q / p)),
    sum,
  )
  // sum by (feature) (share * log2(2 * share / (share + expected)) + expected * log2(2 * expected / (share + expected))) / 2
  const js = by(
    ['feature'],
    join(share, BIN, expected, (q, p) => (q * Math.log2((2 * q) / (q + p)) + p * Math.log2((2 * p) / (q + p))) / 2),
    sum,
  )

  const merged = new Window(one.reference)
  for (const pod of pods) merged.merge(pod)
  const distances = featureDistances(layout, merged.lifetime())
  const { series } = checkDrift(layout, merged.total(0))
  t.equal(distances.length, 20)
  for (const [index, found] of distances.entries()) {
    const key = JSON.stringify({ feature: found.feature })
    const near = (a: number, b: number) => Math.abs(a - b) <= 1e-12
    t.ok(near(psi.get(key)!.value, found.psi), `PSI of ${found.feature}`)
    t.ok(near(js.get(key)!.value, found.jensenShannon), `JS of ${found.feature}`)
    t.ok(near(series[index].psi, found.psi) && near(series[index].jensenShannon, found.jensenShannon))
  }
})

t.test('bins, missing and outside are exported, and no more than 64 features', async (t) => {
  const wide = buildReference({
    signature: {
      features: Array.from({ length: 70 }, (_, f) => ({ name: `x${f}`, type: 'number' })),
      target: { name: 'y', type: 'number' },
    },
    columns: Array.from({ length: 70 }, () => Float32Array.of(1, 2)),
    modelSha256: SHA256,
  })
  const window = new Window(wide)
  const bins = featureBins(window.layout, window.lifetime())
  t.equal(bins.length, MOST_EXPORTED * 4)
  t.strictSame(
    bins.slice(0, 4).map(({ bin }) => bin),
    ['0', '1', 'missing', 'outside'],
  )
  t.strictSame(referenceRatios(window.layout).slice(0, 2), [
    { feature: 'x0', bin: '0', value: 0.5 },
    { feature: 'x0', bin: '1', value: 0.5 },
  ])
})
