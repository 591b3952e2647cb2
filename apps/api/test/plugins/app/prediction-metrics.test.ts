import t from 'tap'
import { build, ORIGIN, predict } from '../../app.ts'
import { irisFiles, irisForest, mixedFiles, writeBundle } from '../../bundle.ts'

/** Series of a name in the own dialect. */
async function series(app: { inject(url: string): Promise<{ body: string }> }, name: string): Promise<string[]> {
  const { body } = await app.inject('/metrics')
  return body.split('\n').filter((line) => line.startsWith(name) && line.includes('dialect="own"'))
}

const labels = 'model="iris",version="1",dialect="own"'

t.test('rows by class, from zero', async (t) => {
  const { app } = await build(t)
  t.strictSame(await series(app, 'copse_predictions_total'), [
    `copse_predictions_total{${labels},class="setosa"} 0`,
    `copse_predictions_total{${labels},class="versicolor"} 0`,
    `copse_predictions_total{${labels},class="virginica"} 0`,
  ])
  await predict(app, { features: [5.1, 3.5, 1.4, 0.2] })
  await predict(app, {
    rows: [
      [5.1, 3.5, 1.4, 0.2],
      [6.3, 3.3, 6, 2.5],
    ],
  })
  await predict(app, { features: ['no'] })
  const expected = [
    `copse_predictions_total{${labels},class="setosa"} 2`,
    `copse_predictions_total{${labels},class="versicolor"} 0`,
    `copse_predictions_total{${labels},class="virginica"} 1`,
  ]
  t.strictSame(await series(app, 'copse_predictions_total'), expected)
  t.strictSame(await series(app, 'copse_predictions_total'), expected, 'a scrape counts nothing twice')
})

t.test('one duration a request, in buckets from 0.25 ms', async (t) => {
  const { app } = await build(t)
  await predict(app, {
    rows: [
      [5.1, 3.5, 1.4, 0.2],
      [6.3, 3.3, 6, 2.5],
    ],
  })
  const lines = await series(app, 'copse_prediction_duration_seconds')
  t.match(lines[0], /^copse_prediction_duration_seconds_bucket\{le="0\.00025",/)
  t.ok(lines.includes(`copse_prediction_duration_seconds_count{${labels}} 1`))
})

t.test('a swap starts new series and loses none of the old', async (t) => {
  const { app, source, directory } = await build(t)
  await predict(app, { features: [5.1, 3.5, 1.4, 0.2] })
  writeBundle(directory, irisFiles(irisForest(0.5)))
  source.located = { directory, origin: { ...ORIGIN, version: '2' }, bundleSha256: undefined }
  await app.models.default.reload()
  await predict(app, { features: [6.3, 3.3, 6, 2.5] })
  const lines = await series(app, 'copse_predictions_total')
  t.ok(lines.includes(`copse_predictions_total{${labels},class="setosa"} 1`))
  t.ok(lines.includes('copse_predictions_total{model="iris",version="2",dialect="own",class="virginica"} 1'))
})

t.test('regression has no class', async (t) => {
  const { app } = await build(t, mixedFiles())
  await predict(app, {
    rows: [
      [1, 'Good', 'no'],
      [2, 'Good', 'no'],
    ],
  })
  t.strictSame(await series(app, 'copse_predictions_total'), [`copse_predictions_total{${labels},class=""} 2`])
})
