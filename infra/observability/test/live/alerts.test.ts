import { cp, readFile, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { featureDistances, type Layout, parseReference, Window } from '@copse/monitoring'
import { openTracking } from '@copse/tracking'
import t, { type Test } from 'tap'
import { freePort } from '../../../../apps/api/test/free-port.ts'
import { DASHBOARDS } from '../../src/dashboards/all.ts'
import { expressions } from '../../src/dashboards/expressions.ts'
import { unfiltered } from '../../src/expression.ts'
import { readRules, ruleFiles } from '../../src/rules.ts'
import { startAlertmanager } from './alertmanager.ts'
import { type Pod, startPod, train } from './pods.ts'
import { missingPrograms, write } from './programs.ts'
import { type Prometheus, type Sample, STEP, startPrometheus } from './prometheus.ts'
import { csv, type Order, orders, uniform } from './tables.ts'
import { ask, askOthers, label, trouble } from './traffic.ts'

const missing = missingPrograms()
const skip = missing.length > 0 && `${missing.join(' and ')} not on PATH: no rule was tried on a real Prometheus`
const FEATURES = ['weight', 'distance', 'hour', 'kind']
const DAY = 86_400_000
const LOG = ['--prediction-log', './log', '--prediction-log-features', 'all']

t.test('rules and dashboards on a real Prometheus over the real service', { skip }, async (t) => {
  const directory = t.testdir()
  const random = uniform(7)
  await write(join(directory, 'orders.csv'), csv(orders(1000, random), 'late'))
  await write(join(directory, 'times.csv'), csv(orders(400, random), 'days'))
  // One after the other: the registry of a directory is one.
  for (const [table, target] of [
    ['orders.csv', 'late'],
    ['times.csv', 'days'],
  ] as const)
    await train(directory, table, target)

  // One installation of two pods, one of them two processes, which is scraped once more as an installation of its own.
  const [two, one, times, bad] = await Promise.all([
    startPod(t, directory, ['--model', 'models:/orders@champion', '--processes', '2', ...LOG]),
    startPod(t, await copyOf(directory, 'one'), ['--model', 'models:/orders@champion', ...LOG]),
    startPod(t, await copyOf(directory, 'times'), ['--model', 'models:/times@champion']),
    startBadPod(t, directory),
  ])
  const { notices, url: alertmanager } = await startAlertmanager(t, join(directory, 'alertmanager'))
  const prometheus = await startPrometheus(
    t,
    join(directory, 'prometheus'),
    { fleet: [two.host, one.host], lone: [two.host], numbers: [times.host], bad: [bad.host] },
    alertmanager,
  )
  // What is counted before the first scrape is no increase.
  await prometheus.until('count(copse_queue_depth) == 5')
  const reference = JSON.parse(await readFile(join(directory, 'old', 'reference.json'), 'utf8'))
  const { layout } = new Window(parseReference(reference))

  await t.test('traffic as in training is no alert', async (t) => {
    const rows = orders(800, random)
    const ids = await ask(one.url, rows)
    await label(
      one.url,
      ids.slice(0, 300),
      rows.slice(0, 300).map(({ late }) => late),
    )
    await ask(two.url, orders(1200, random))
    t.strictSame(await askOthers(two.url, 'orders', complete(rows).slice(0, 10)), [200, 200])
    await settled(prometheus, [two, one], [1220, 800])
    // As many checks and evaluations as an alert takes to rise, and scrapes for `increase` not to extend the pods' counts unlike.
    await sleep(8 * STEP * 1000)
    await compare(t, prometheus, layout, two)
    // Whether answers come late is this machine's affair, not the traffic's.
    const told = (await prometheus.alerts()).filter(({ labels }) => !/Latency|EventLoop/.test(labels.alertname!))
    t.strictSame(
      told.filter(({ labels }) => labels.job !== 'bad'),
      [],
    )
    t.strictSame(await prometheus.query('max(copse_drift_state{job=~"fleet|lone"})'), [{ labels: {}, value: 0 }])
    // Rows, those of other dialects and labels.
    await prometheus.until('sum(copse_prediction_log_written_total{job="fleet"}) == 800 + 1220 + 300')
    t.strictSame(await prometheus.query('sum(copse_prediction_log_dropped_total)'), [{ labels: {}, value: 0 }])
  })

  await t.test('traffic that has shifted in one feature is told of that feature', async (t) => {
    const rows = orders(2500, random, 45)
    const ids = await ask(one.url, rows)
    await label(
      one.url,
      ids.slice(0, 900),
      rows.slice(0, 900).map(({ late }) => (late === 'yes' ? 'no' : 'yes')),
    )
    await ask(two.url, orders(2500, random, 45))
    const numbers = orders(300, random)
    await label(
      times.url,
      await ask(times.url, numbers),
      numbers.map(({ days }) => days + 9),
    )
    await settled(prometheus, [two, one], [3720, 3300])
    for (const alert of ['CopseFeatureDrift', 'CopseFleetDrift', 'CopseAccuracyLow', 'CopseLossHigh']) {
      await prometheus.until(`ALERTS{alertname="${alert}", alertstate="firing", job="fleet"}`)
    }
    await prometheus.until('ALERTS{alertname="CopseFeatureDrift", alertstate="firing", job="lone"}')
    // Later orders are later: with the distance the answers shift.
    await prometheus.until(
      'ALERTS{alertname="CopsePredictionDrift", alertstate="firing", job="fleet", kind="prediction"}',
    )
    t.strictSame(await prometheus.query('ALERTS{alertname="CopsePredictionDrift", job=~"numbers|bad"}'), [])
    await prometheus.until('ALERTS{alertname="CopseLossHigh", alertstate="firing", job="numbers"}')
    const told = await prometheus.query('group by (feature) (ALERTS{alertname=~"Copse(Feature|Fleet)Drift"})')
    t.strictSame(
      told.map(({ labels }) => labels.feature),
      ['distance'],
    )
    await compare(t, prometheus, layout, two)
  })

  await t.test('what is wrong with one installation is told of that one', async (t) => {
    const row = complete(orders(20, random))[0]!
    for (let round = 0; round < 40; round++) {
      const statuses = await trouble(bad.url, row, 'nobody')
      if (round === 0) t.strictSame(statuses, [200, 429, 503])
    }
    for (const alert of [
      'CopseAvailabilityPage',
      'CopseAvailabilityTicket',
      'CopseLatencyPage',
      'CopseLatencyTicket',
      'CopseShedding',
      'CopseReloadFailed',
      'CopseModelOld',
    ]) {
      await prometheus.until(`ALERTS{alertname="${alert}", alertstate="firing", job="bad"}`)
      if (/Latency/.test(alert)) continue
      t.strictSame(await prometheus.query(`ALERTS{alertname="${alert}", job!="bad"}`), [], `${alert} of no other`)
    }
  })

  await t.test('every expression has series', async (t) => {
    t.strictSame(await prometheus.sickRules(), [])
    for (const file of await ruleFiles()) {
      for (const { alert, record, expr } of await readRules(file)) {
        t.ok((await prometheus.query(alert ? unfiltered(expr) : record!)).length > 0, alert ?? record!)
      }
    }
    for (const dashboard of DASHBOARDS) {
      for (const { title, expression } of expressions(dashboard, { __rate_interval: '30s', feature: 'distance' })) {
        const found = await prometheus.query(expression)
        t.ok(found.length > 0, `${dashboard.uid}, ${title}: ${expression}`)
        if (process.env.COPSE_TEST_SHOW) show(`${dashboard.uid}, ${title}`, found)
      }
    }
  })

  await t.test('Alertmanager hears it', async (t) => {
    const drift = () => notices.find(({ labels }) => labels.alertname === 'CopseFleetDrift' && labels.job === 'fleet')
    while (!drift()) await sleep(200)
    t.match(drift(), {
      status: 'firing',
      labels: { severity: 'ticket', model: 'orders', version: '1', feature: 'distance' },
      annotations: {
        summary: 'distance of orders 1 has drifted over all instances of fleet',
        description: /Over the last hour its PSI is \d\.\d\d beyond/,
        runbook_url: 'docs/runbook.md#copsefleetdrift',
      },
    })
  })

  await t.test('instances that go away are told, and what then has none left', async (t) => {
    await stopped([times])
    await prometheus.until('ALERTS{alertname="CopseTargetDown", alertstate="firing", job="numbers"}')
    await prometheus.until('ALERTS{alertname="CopseAbsent", alertstate="firing", job="numbers"}')
    t.strictSame(await prometheus.query('ALERTS{alertname="CopseAbsent", job!="numbers"}'), [], 'of no other')
    await stopped([two, one, bad])
    for (const job of ['fleet', 'lone', 'bad']) {
      await prometheus.until(`ALERTS{alertname="CopseTargetDown", alertstate="firing", job="${job}"}`)
      await prometheus.until(`ALERTS{alertname="CopseAbsent", alertstate="firing", job="${job}"}`)
    }
  })
})

async function stopped(pods: readonly Pod[]): Promise<void> {
  for (const { spawned } of pods) spawned.child.kill('SIGTERM')
  await Promise.all(pods.map(({ spawned }) => spawned.exited))
}

/** A copy of the local store for a pod of its own: what a pod watched is its own. */
async function copyOf(directory: string, name: string): Promise<string> {
  const copy = join(directory, name)
  await cp(join(directory, '.copse'), join(copy, '.copse'), { recursive: true })
  return copy
}

/** Puts the bundle of the champion into a directory that is not there yet. */
async function download(directory: string, to: string): Promise<string> {
  await using tracking = await openTracking({ home: join(directory, '.copse'), readOnly: true })
  const version = await tracking.registry.get('orders', { alias: 'champion' })
  await tracking.registry.download(version!, to)
  return to
}

/** A pod that serves an old directory, one request at a time, and beside it a model of a registry that does not answer. */
async function startBadPod(t: Test, directory: string): Promise<Pod> {
  const bundle = await download(directory, join(directory, 'old'))
  const then = new Date(Date.now() - 100 * DAY)
  await utimes(join(bundle, 'forest.copse'), then, then)
  return startPod(
    t,
    await copyOf(directory, 'bad'),
    ['--model', `file:${bundle},models:/nobody@champion`, '--max-concurrency', '1'],
    { MLFLOW_TRACKING_URI: `http://127.0.0.1:${await freePort()}`, MLFLOW_HTTP_REQUEST_MAX_RETRIES: '0' },
  )
}

function complete(rows: readonly Order[]): Order[] {
  return rows.filter(({ features }) => features.weight !== null)
}

/** Waits until Prometheus has seen the last of the rows that each pod was asked, and its rules have counted them. */
async function settled(prometheus: Prometheus, pods: readonly Pod[], rows: readonly number[]): Promise<void> {
  for (const [index, { host }] of pods.entries()) {
    const seen = `sum(copse_feature_bin_total{job="fleet", instance="${host}", feature="hour", bin!="outside"})`
    await prometheus.until(`${seen} == ${rows[index]}`)
  }
  // An increase is never less than what was counted: it is extended to the ends of its window.
  const counted = (job: string) => `copse:feature_rows:increase1h{job="${job}", feature="hour"}`
  await prometheus.until(`${counted('fleet')} > ${rows[0]! + rows[1]! - 1}`)
  await prometheus.until(`${counted('lone')} > ${rows[0]! - 1}`)
}

/**
 * PSI and Jensen-Shannon of PromQL, against the library over the same counts, over the counts of the whole fleet, and
 * against what the service of two processes says of itself.
 */
async function compare(t: Test, prometheus: Prometheus, layout: Layout, { url }: Pod): Promise<void> {
  // Of one evaluation, of which Jensen-Shannon is the last: the one that counted the rows may still be under way.
  const [counted] = (await prometheus.query('max(timestamp(copse:feature_rows:increase1h))')) as [Sample]
  const ended = `max(timestamp(copse:feature_jensen_shannon:1h)) >= ${counted.value}`
  const [{ value: time }] = (await prometheus.until(ended)) as [Sample]
  const [psi, js] = await Promise.all(
    ['copse:feature_psi:1h', 'copse:feature_jensen_shannon:1h'].map(async (name) =>
      byFeature(await prometheus.query(name, time)),
    ),
  )
  const increases = cellsOf(layout, await prometheus.query('copse:feature_bin:increase1h{job="fleet"}', time))
  const totals = cellsOf(
    layout,
    await prometheus.query('sum by (feature, bin) (copse_feature_bin_total{job="fleet"})', time),
  )
  const told = (await (await fetch(`${url}/monitoring/drift`)).json()) as {
    series: { name: string; kind: string; psi: number; jensen_shannon: number }[]
  }
  for (const [index, exact] of featureDistances(layout, increases).entries()) {
    const { feature } = exact
    const close = (a: number | undefined, b: number, within: number) => Math.abs(a! - b) <= within
    const merged = featureDistances(layout, totals)[index]!
    const own = told.series.find(({ name, kind }) => name === feature && kind === 'feature')!
    t.ok(close(psi!.get(`fleet ${feature}`), exact.psi, 1e-9), `PSI of ${feature} is the library's: ${exact.psi}`)
    t.ok(close(js!.get(`fleet ${feature}`), exact.jensenShannon, 1e-9), `and Jensen-Shannon: ${exact.jensenShannon}`)
    // `increase` extends each pod's counts to the end of its window, by less than a scrape interval of the minutes it saw.
    t.ok(close(exact.psi, merged.psi, 0.01 * merged.psi + 1e-3), `PSI of the merged counts: ${merged.psi}`)
    t.ok(close(exact.jensenShannon, merged.jensenShannon, 0.01 * merged.jensenShannon + 1e-3))
    t.ok(close(psi!.get(`lone ${feature}`), own.psi, 0.01 * own.psi + 1e-3), `PSI of two processes: ${own.psi}`)
    t.ok(close(js!.get(`lone ${feature}`), own.jensen_shannon, 0.01 * own.jensen_shannon + 1e-3))
  }
  t.strictSame(
    [...psi!.keys()].filter((key) => key.startsWith('fleet')).sort(),
    FEATURES.map((f) => `fleet ${f}`).sort(),
  )
}

function byFeature(samples: readonly Sample[]): Map<string, number> {
  return new Map(samples.map(({ labels, value }) => [`${labels.job} ${labels.feature}`, value]))
}

/** Counts by feature and bin in the cells of a window. */
function cellsOf(layout: Layout, samples: readonly Sample[]): Float64Array {
  const cells = new Float64Array(layout.cells)
  for (const { labels, value } of samples) {
    const series = layout.series.find(({ name, role }) => role === 'feature' && name === labels.feature)!
    if (/^\d+$/.test(labels.bin!)) cells[series.start + Number(labels.bin)] = value
  }
  return cells
}

function show(title: string, samples: readonly Sample[]): void {
  const lines = samples.slice(0, 8).map(({ labels, value }) => {
    const { __name__, ...rest } = labels
    return `    ${Object.entries(rest)
      .map(([name, text]) => `${name}=${text}`)
      .join(' ')}  ${Number(value.toPrecision(4))}`
  })
  process.stderr.write(`${title}\n${lines.join('\n')}${samples.length > 8 ? `\n    … ${samples.length} in all` : ''}\n`)
}
