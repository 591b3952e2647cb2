import { appendFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Forest } from '@copse/model'
import { parseReference } from '@copse/monitoring'
import { openTracking, resolveModel } from '@copse/tracking'
import t from 'tap'
import { runExperiment } from '../src/pipeline.ts'
import type { PartialSettings } from '../src/settings.ts'
import { checkSums } from './check-sums.ts'
import { readRuns } from './store.ts'
import { gems, prices, save } from './tables.ts'

/** An experiment of few trees in a home of its own, and what it printed. */
async function run(home: string, settings: PartialSettings = {}) {
  let text = ''
  const output = { write: (more: string) => (text += more) }
  const result = await runExperiment({ home, trees: 5, threads: 1, ...settings }, { output })
  return { ...result, text }
}

/** Directory of a registered model's bundle. */
async function bundleOf(home: string, reference: string): Promise<string> {
  await using tracking = await openTracking({ home, readOnly: true })
  const { directory } = await resolveModel(tracking, reference, { cache: join(home, 'cache', 'models') })
  return directory
}

const CLASS_BUNDLE = [
  'conda.yaml',
  'confusion-matrix.svg',
  'evaluation.json',
  'forest.copse',
  'golden.json',
  'importances.svg',
  'input_example.json',
  'model-card.md',
  'model.onnx',
  'oob-error.svg',
  'python_env.yaml',
  'reference.json',
  'requirements.txt',
  'serving_input_example.json',
]

t.test('Iris, from nothing to a champion', async (t) => {
  const home = t.testdir()
  const { task, trials, chosen, version, promotion, text } = await run(home)
  t.equal(task, 'classification')
  t.strictSame(
    trials.map(({ contender }) => contender.name),
    ['default', 'leaf-3', 'entropy-half', 'ml-random-forest'],
  )
  const lowest = Math.min(...trials.filter(({ contender }) => !contender.baseline).map(({ cv }) => cv.log_loss!))
  t.equal(chosen.cv.log_loss, lowest)
  t.match(version, { name: 'iris', version: '1' })
  t.strictSame(promotion, { promote: true, reason: 'there was no champion yet' })

  await t.test('the bundle is whole and answers as it did in training', async (t) => {
    const directory = await bundleOf(home, 'models:/iris@champion')
    t.strictSame(checkSums(directory), CLASS_BUNDLE)
    const forest = Forest.from(readFileSync(join(directory, 'forest.copse')))
    t.equal(forest.summary.rows, chosen.forest.summary.rows)
    const golden = JSON.parse(readFileSync(join(directory, 'golden.json'), 'utf8'))
    const out = new Float64Array(golden.rows.length * 3)
    forest.predictInto(Float32Array.from(golden.rows.flat()), out)
    t.strictSame([...out], golden.outputs.flat())
    const reference = parseReference(JSON.parse(readFileSync(join(directory, 'reference.json'), 'utf8')))
    t.equal(reference.rows, forest.summary.rows)
    const held = 150 - reference.rows
    t.equal(reference.predictions?.rows, held, 'answers to rows that the forest has not seen, by all of its trees')
    t.equal(reference.signals?.rows, held)
    t.ok(reference.signals?.rareShare)
    t.ok(reference.calibration!.rows > held, 'out of bag')
  })

  await t.test('the runs say all of it', async (t) => {
    const runs = readRuns(home)
    const [parent, ...children] = runs
    t.match(parent, {
      name: 'iris',
      status: 'FINISHED',
      parent: undefined,
      params: { seed: '42', trees: '5', folds: '5' },
    })
    t.match(parent!.tags, {
      'copse.role': 'experiment',
      'copse.task': 'classification',
      'copse.chosen': chosen.contender.name,
    })
    t.strictSame(
      children.map(({ name }) => name),
      trials.map(({ contender }) => contender.name),
    )
    for (const child of children) {
      t.match(child, { status: 'FINISHED', parent: parent!.uuid })
      for (const metric of [
        'cv_accuracy',
        'cv_log_loss',
        'cv_log_loss_std',
        'accuracy',
        'log_loss',
        'f1_macro',
        'roc_auc',
        'training_seconds',
      ]) {
        t.equal(child.metrics[metric]?.length, 1, metric)
      }
      t.ok(child.artifacts.includes('confusion-matrix.svg'))
      t.match(child.datasets, [
        { name: 'iris', context: 'train' },
        { name: 'iris', context: 'eval' },
      ])
    }
    t.equal(children[0]!.metrics.oob_error?.length, 5)
    t.match(children[0]!.params, { nEstimators: '5', criterion: 'gini', maxFeatures: 'sqrt', seed: '42' })
    t.match(children[3], {
      tags: { 'copse.role': 'baseline' },
      params: { library: 'ml-random-forest', nEstimators: '5' },
    })
  })

  await t.test('the output fits 80 columns and tells the rest', async (t) => {
    for (const line of text.split('\n')) if (!line.includes(home)) t.ok(line.length <= 80, line)
    t.match(text, 'iris: 150 rows, 4 features -> species (3 classes: setosa, versicolor, virginica)')
    t.match(text, 'Held out: 30 rows')
    t.match(text, new RegExp(`\\* ${chosen.contender.name} `))
    t.match(text, /\n {2}ml-random-forest {2}/)
    t.match(text, /Registered iris version 1: .* 5 trees/)
    t.match(text, 'The alias champion now means version 1: there was no champion yet.')
    t.notMatch(text, 'curl', 'short without a table of one’s own')
  })

  t.strictSame(readdirSync(join(home, 'tmp')), [], 'no bundle is left behind')
})

t.test('the same data and seed give the same bundle, and the incumbent stays on an equal score', async (t) => {
  const home = t.testdir()
  const first = await run(home)
  const second = await run(home)
  t.strictSame(second.chosen.forest.data, first.chosen.forest.data)
  t.equal(second.version?.version, '2')
  t.match(second.promotion, { promote: false, reason: /equals that of version 1/ })
  t.match(second.text, 'The alias champion stays at version 1:')
  const [one, two] = [await bundleOf(home, 'models:/iris/1'), await bundleOf(home, 'models:/iris/2')]
  t.equal(readFileSync(join(one, 'SHA256SUMS'), 'utf8'), readFileSync(join(two, 'SHA256SUMS'), 'utf8'))
  t.equal(await bundleOf(home, 'models:/iris@champion'), one)
  t.not((await run(home, { seed: 1 })).chosen.forest.data, first.chosen.forest.data)
})

t.test('a table of one’s own: classes, categories and missing values', async (t) => {
  const home = join(t.testdir(), 'my store')
  const data = save(t.testdirName, 'gems.csv', gems())
  const { chosen, promotion, text } = await run(home, { data, target: 'sold' })
  t.equal(promotion.promote, true)
  t.ok(chosen.test.accuracy! > 0.6)
  t.match(text, 'gems: 120 rows, 3 features (2 numbers, 1 category) -> sold (2 classes: no, yes)')
  t.match(text, 'Task: classification')
  t.match(text, /No baseline run of ml-random-forest: it knows no categories, and "cut" is one/)
  t.match(text, /COPSE_HOME='.*my store' \\\n {2}COPSE_MODEL=models:\/gems@champion \\\n {2}npx --yes pnpm@12 serve/)
  t.match(text, /curl -s http:\/\/127\.0\.0\.1:3000\/predict .*\n.*"carat":/)
  t.match(text, 'await fetch(')
  const directory = await bundleOf(home, 'models:/gems@champion')
  checkSums(directory)
})

t.test('a table of one’s own: numbers', async (t) => {
  const home = join(t.testdir(), 'store')
  const data = save(t.testdirName, 'prices.csv', prices({ rows: 200 }))
  const { task, trials, chosen, text } = await run(home, { data, target: 'price', promote: 'never', onnx: 'never' })
  t.equal(task, 'regression')
  t.ok(chosen.test.r2! > 0.3)
  t.strictSame(Object.keys(chosen.test), ['rmse', 'mae', 'r2'])
  t.equal(trials.length, 3)
  t.match(text, 'Task: regression')
  t.match(text, /run +CV RMSE +CV R2 +test RMSE +test R2 +seconds/)
  t.match(text, 'The alias champion is not set: --promote=never.')
  t.match(text, 'No model.onnx, so only Copse can load this model: --onnx=never.')
  t.match(text, 'COPSE_MODEL=models:/prices/1 ', 'what is not promoted is served by its version')
  const directory = await bundleOf(home, 'models:/prices/1')
  t.notOk(readdirSync(directory).includes('confusion-matrix.svg'))
})

t.test('who becomes champion', async (t) => {
  const directory = t.testdir()
  const home = join(directory, 'store')
  const table = (name: string, noise: number) => save(directory, name, gems({ rows: 150, noise }))
  const good = { data: table('good.csv', 0.05), target: 'sold', modelName: 'gems' }
  const bad = { data: table('bad.csv', 1), target: 'sold', modelName: 'gems', trees: 2 }
  t.match((await run(home, { ...good, promote: 'never' })).promotion, { promote: false })
  t.match(
    (await run(home, bad)).promotion,
    { promote: true, reason: /no champion yet/ },
    'a version without alias is no incumbent',
  )
  t.match((await run(home, { ...good, trees: 100 })).promotion, {
    promote: true,
    reason: /is below the .* of version 2/,
  })
  t.match((await run(home, bad)).promotion, { promote: false, reason: /is not below the .* of version 3/ })
  t.match((await run(home, { ...bad, promote: 'always' })).promotion, { promote: true, reason: '--promote=always' })
  t.match((await run(home, { ...good, promote: 'never' })).promotion, { promote: false })
  await using tracking = await openTracking({ home, readOnly: true })
  t.equal((await tracking.registry.get('gems', { alias: 'champion' }))?.version, '5')
})

t.test('an incumbent that knows other levels is compared by their text', async (t) => {
  const directory = t.testdir()
  const home = join(directory, 'store')
  const settings = { target: 'sold', modelName: 'gems' }
  await run(home, { ...settings, data: save(directory, 'a.csv', gems({ cuts: ['fair', 'good'] })) })
  const grown = await run(home, {
    ...settings,
    data: save(directory, 'b.csv', gems({ cuts: ['common', 'fair', 'good'] })),
  })
  t.match(grown.promotion.reason, /of version 1/)
})

t.test('another signature is refused, unless it is asked for', async (t) => {
  const directory = t.testdir()
  const home = join(directory, 'store')
  const text = gems()
  await run(home, { data: save(directory, 'a.csv', text), target: 'sold', modelName: 'gems' })
  const other = { data: save(directory, 'b.csv', text.replace('depth', 'height')), target: 'sold', modelName: 'gems' }
  const before = readRuns(home).length
  await t.rejects(run(home, other), {
    code: 'TRAINER_ERR_SIGNATURE',
    message: /gems, version 1: it has no column "depth"; accept it with --new-signature, or name another --model-name/,
  })
  t.equal(readRuns(home).length, before, 'nothing was tracked')
  const replaced = await run(home, { ...other, newSignature: true })
  t.match(replaced.promotion, { promote: true, reason: /another signature/ })
})

t.test('a broken table is told before anything is written', async (t) => {
  const directory = t.testdir()
  const home = join(directory, 'store')
  const refused = (text: string, code: string, settings: PartialSettings = {}) =>
    t.rejects(run(home, { data: save(directory, 'bad.csv', text), target: 'y', ...settings }), { code })
  await refused('x,y\n1,a\n2\n', 'DATASET_ERR_RAGGED_ROW')
  await refused('x,y\n1,a\n2,b\n', 'DATASET_ERR_TARGET_UNKNOWN', { target: 'z' })
  await refused('', 'DATASET_ERR_EMPTY')
  await refused('x,y\n1,a\n2,a\n', 'DATASET_ERR_TARGET_ONE_CLASS')
  await refused('x,y\n1,a\n2,b\n', 'TRAINER_ERR_TOO_FEW_ROWS')
  await t.rejects(run(home, { data: join(directory, 'none.csv'), target: 'y' }), { code: 'DATASET_ERR_FILE' })
  t.strictSame(readdirSync(directory), ['bad.csv'])
})

t.test('a home that cannot be written', async (t) => {
  const home = save(t.testdir(), 'file', '')
  await t.rejects(run(home), { code: 'TRACKING_ERR_HOME' })
})

t.test('an interrupted experiment ends its runs KILLED', async (t) => {
  const home = t.testdir()
  const controller = new AbortController()
  const output = { write: (text: string) => text.startsWith('training') && controller.abort() }
  await t.rejects(runExperiment({ home, trees: 5000, threads: 1 }, { signal: controller.signal, output }), {
    code: 'TRAINER_ERR_ABORTED',
  })
  const runs = readRuns(home)
  t.ok(runs.length >= 2)
  t.equal(runs[0]?.status, 'KILLED')
  t.equal(runs.at(-1)?.status, 'KILLED')
  t.ok(runs.every(({ status }) => status !== undefined))
  await using tracking = await openTracking({ home, readOnly: true })
  t.strictSame(await tracking.registry.versions('iris'), [])
})

t.test('an incumbent whose bundle is damaged is not silently replaced', async (t) => {
  const home = t.testdir()
  const { version } = await run(home)
  const forest = join(version!.source.replace(/^file:\/\//, ''), 'forest.copse')
  appendFileSync(forest, 'x')
  await t.rejects(run(home), {
    code: 'TRAINER_ERR_INCUMBENT',
    message: /^Version 1 of iris cannot be read .*--new-signature/,
  })
  t.match((await run(home, { newSignature: true })).promotion, { promote: true })
})
