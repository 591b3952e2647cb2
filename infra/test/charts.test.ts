import { cp, glob, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { KUBERNETES_KINDS_ELSEWHERE } from './kinds.ts'
import { program, tool } from './tool.ts'

const CHARTS = join(import.meta.dirname, '..', 'helm')

/** Values that switch on everything a chart can make. */
const EVERYTHING: Record<string, readonly string[]> = {
  copse: [
    'autoscaling.enabled=true',
    'dashboards.enabled=true',
    'driftWebhook.existingSecret=pager',
    'httpRoute.enabled=true',
    'httpRoute.parentRefs[0].name=gateway',
    'ingress.enabled=true',
    'ingress.hosts[0]=forest.example.com',
    'keys.existingSecret=copse-keys',
    'model.references={models:/iris@champion,models:/churn/3}',
    'networkPolicy.enabled=true',
    'predictionLog.enabled=true',
    'predictionLog.existingClaim=predictions',
    'predictionLog.objectStore.destination=s3://logs/copse',
    'predictionLog.objectStore.endpoint=http://object-store:8333',
    'predictionLog.objectStore.existingSecret=logs',
    'prometheusRule.enabled=true',
    'segments[0].name=plan',
    'segments[0].header=x-plan',
    'segments[0].values={free,pro}',
    'settings.COPSE_RATE_LIMIT=100',
    'settingsSecret=tracing',
    'serviceMonitor.enabled=true',
    'tracking.existingSecret=mlflow',
    'tracking.uri=http://mlflow:5000',
    'trainer.dataClaim=tables',
    'trainer.enabled=true',
    'trainer.schedule=0 3 * * *',
  ],
  mlflow: [
    'database.existingSecret=database',
    'networkPolicy.enabled=true',
    'objectStore.destination=s3://mlflow',
    'objectStore.endpoint=http://object-store:8333',
    'objectStore.existingSecret=bucket',
  ],
}

for (const [chart, values] of Object.entries(EVERYTHING)) {
  const directory = join(CHARTS, chart)
  const set = values.flatMap((value) => ['--set', value])

  t.test(`the chart ${chart} passes helm lint`, async (t) => {
    const helm = await tool(t, 'helm')
    if (helm) t.match(await program(helm, ['lint', '--strict', directory, ...set]), { code: 0 })
  })

  t.test(`the templates of the chart ${chart} do what their tests say`, async (t) => {
    const unittest = await tool(t, 'helm-unittest')
    if (!unittest) return
    const { code, stdout } = await program(unittest, [
      '--output-type',
      'JUnit',
      '--output-file',
      '/dev/stderr',
      directory,
    ])
    t.equal(code, 0, stdout)
    for (const [, suite, passed] of stdout.matchAll(/^ (?:PASS|FAIL) {2}(.*?)\t(.*)$/gm)) t.pass(`${passed}: ${suite}`)
    t.match(stdout, /^Tests: +[1-9]\d* passed, [1-9]\d* total$/m, 'none was left out')
  })

  for (const [what, chosen] of [
    ['needs', chart === 'mlflow' ? set : []],
    ['can make', set],
  ] as const) {
    t.test(`Kubernetes knows every field that the chart ${chart} ${what}`, async (t) => {
      const helm = await tool(t, 'helm')
      const kubeconform = await tool(t, 'kubeconform')
      const schemas = await tool(t, 'schemas')
      if (!helm || !kubeconform || !schemas) return
      const rendered = await program(helm, ['template', 'release', directory, ...chosen])
      t.equal(rendered.code, 0, rendered.stderr)
      const skip = KUBERNETES_KINDS_ELSEWHERE.join(',')
      const judged = await program(
        kubeconform,
        ['-strict', '-summary', '-schema-location', schemas, '-skip', skip],
        rendered.stdout,
      )
      t.equal(judged.code, 0, judged.stdout)
      t.match(judged.stdout, /Invalid: 0, Errors: 0/)
    })
  }

  t.test(`the README of the chart ${chart} lists its values`, async (t) => {
    const helmDocs = await tool(t, 'helm-docs')
    if (!helmDocs) return
    const scratch = await mkdtemp(join(tmpdir(), 'copse-chart-'))
    t.teardown(() => rm(scratch, { recursive: true, force: true }))
    await cp(directory, join(scratch, chart), { recursive: true })
    await rm(join(scratch, chart, 'README.md'))
    t.match(await program(helmDocs, ['--chart-search-root', scratch]), { code: 0 })
    const [made, kept] = await Promise.all([
      readFile(join(scratch, chart, 'README.md'), 'utf8'),
      readFile(join(directory, 'README.md'), 'utf8'),
    ])
    t.equal(kept, made, 'made by `pnpm --filter @copse/tools run docs`')
  })

  t.test(`every value of the chart ${chart} has a description, and a test of the templates`, async (t) => {
    const readme = await readFile(join(directory, 'README.md'), 'utf8')
    const suites: string[] = []
    for await (const file of glob('*_test.yaml', { cwd: join(directory, 'tests') })) {
      suites.push(await readFile(join(directory, 'tests', file), 'utf8'))
    }
    for (const line of readme.split('\n').filter((line) => /^\| \w/.test(line) && !line.startsWith('| Key'))) {
      const cells = line.split(' | ')
      const key = cells[0]?.replace('| ', '') ?? ''
      t.not(cells.at(-1)?.replace(' |', '').trim(), '', `${key} is described`)
      t.match(suites.join('\n'), new RegExp(`\\b${key.split('.').at(-1)}\\b`), `${key} is in a test`)
    }
  })
}
