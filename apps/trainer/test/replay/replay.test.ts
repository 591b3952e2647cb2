import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCsv } from '@copse/dataset'
import t from 'tap'
import { replay } from '../../src/replay/replay.ts'
import { gems, prices, save } from '../tables.ts'
import { forestOf, trained, writeLog } from './logged.ts'

const run = async (home: string, log: string, model: string) => {
  let text = ''
  const html = join(home, 'replay.html')
  const output = { write: (more: string) => (text += more) }
  const replayed = await replay({ log, model, html, tracking: { home, readOnly: true } }, output)
  return { ...replayed, text, html: readFileSync(html, 'utf8') }
}

t.test('a model of classes', async (t) => {
  const home = t.testdir()
  const table = save(home, 'gems.csv', gems({ rows: 400 }))
  await trained(home, { data: table, target: 'sold' })
  await trained(home, { data: table, target: 'sold', seed: 7, trees: 3 })
  const forest = await forestOf(home, 'models:/gems/1')
  const live = await readCsv(save(home, 'live.csv', gems({ rows: 300, seed: 9 })), { target: 'sold' })
  const classes = live.signature.target.type === 'class' ? live.signature.target.classes : []
  const labels = Array.from(live.target, (k) => classes[k]!)

  await t.test('that answers its own log agrees to the last bit', async (t) => {
    const log = writeLog(join(home, 'own'), forest, live.columns, { labels })
    const { rows, agreed, distance, labelled, drift, text, html, incomplete } = await run(home, log, 'models:/gems/1')
    t.match({ rows, agreed, incomplete }, { rows: 300, agreed: 300, incomplete: 0 })
    t.strictSame(distance, { mean: 0, most: 0 })
    t.equal(labelled.rows, 300)
    t.equal(labelled.before, labelled.after)
    t.ok(
      drift.series.every(({ evidence }) => evidence !== 'drift'),
      'the same world does not drift',
    )
    t.match(text, /agrees on 100\.0 %; 0 decisions change/)
    t.match(html, /<h2>Changed decisions<\/h2>\s*<p>None\.<\/p>/)
  })

  await t.test('another version tells what changes, and labels which is better', async (t) => {
    const log = writeLog(join(home, 'other'), forest, live.columns, { labels })
    const other = await forestOf(home, 'models:/gems/2')
    const { rows, agreed, matrix, changes, labelled, text, versions } = await run(home, log, 'models:/gems/2')
    const [before, after] = [forest, other].map((of) => {
      const outputs = new Uint16Array(300)
      of.predictClassesInto(live.columns, outputs)
      return outputs
    })
    t.equal(agreed, before!.filter((k, row) => k === after![row]).length)
    t.equal(matrix[0]! + matrix[3]!, agreed)
    t.equal(
      matrix.reduce((sum, cell) => sum + cell, 0),
      rows,
    )
    t.ok(changes.length > 0 && changes.length <= 10)
    t.equal(labelled.after, after!.filter((k, row) => k === live.target[row]).length / 300)
    t.strictSame([...versions], [['1', 300]])
    const lines = text.slice(0, text.indexOf('The page is')).split('\n')
    t.ok(
      lines.every((line) => line.length <= 80),
      text,
    )
    t.match(text, /^was +is now +rows$/m)
    t.match(text, /^against training +drift/m)
  })

  await t.test('a shifted feature, an unseen level and missing values show', async (t) => {
    const shifted = live.columns.map((column, f) =>
      column.map((value, row) => (f === 0 ? value + 2 : f === 1 && row % 4 === 0 ? 9 : value)),
    )
    const { drift, html } = await run(home, writeLog(join(home, 'shifted'), forest, shifted), 'models:/gems/1')
    const evidence = Object.fromEntries(drift.series.map((series) => [series.name, series.evidence]))
    t.match(evidence, { carat: 'drift', cut: 'drift', depth: 'none' })
    t.match(html, /carat: drift/)
    t.notMatch(html, /<script|<link|https?:\/\/(?!www\.w3\.org\/2000\/svg)/, 'the page fetches nothing')
  })

  await t.test('what cannot be replayed is counted, or said', async (t) => {
    const log = writeLog(join(home, 'part'), forest, live.columns)
    const redacted = writeLog(join(home, 'redacted'), forest, live.columns, { features: ['carat'] })
    appendFileSync(join(log, 'predictions-2.ndjson'), 'broken\n')
    appendFileSync(join(log, 'predictions-2.ndjson'), readFileSync(join(redacted, 'predictions-1.ndjson')))
    appendFileSync(join(log, 'predictions-2.ndjson'), '{"id":"torn')
    const { rows, incomplete, tally, text } = await run(home, log, 'models:/gems/1')
    t.match({ rows, incomplete }, { rows: 300, incomplete: 300 })
    t.match(tally, { broken: 1, torn: 1 })
    t.match(text.replaceAll(/\s+/g, ' '), 'Left out: 300 records without all features, 1 broken line, 1 torn end')
    const empty = join(home, 'empty')
    mkdirSync(empty)
    const reject = (directory: string, message: RegExp) =>
      t.rejects(run(home, directory, 'models:/gems/1'), { code: 'TRAINER_ERR_LOG', message })
    await reject(redacted, /^None of the 300 records in .* has all features of the model/)
    await reject(empty, /^There is no segment in /)
    await reject(join(home, 'absent'), /cannot be read \(ENOENT\)\.$/)
  })

  await t.test('a file: model is checked against its sums', async (t) => {
    const directory = join(home, 'bundle')
    mkdirSync(directory)
    for (const name of ['forest.copse', 'reference.json', 'SHA256SUMS']) writeFileSync(join(directory, name), 'x')
    const log = join(home, 'own')
    await t.rejects(run(home, log, `file:${directory}`), { message: /forest\.copse does not match its sum/ })
  })
})

t.test('a model of numbers', async (t) => {
  const home = t.testdir()
  const table = save(home, 'prices.csv', prices({ rows: 300 }))
  await trained(home, { data: table, target: 'price' })
  await trained(home, { data: table, target: 'price', seed: 3, trees: 3 })
  const forest = await forestOf(home, 'models:/prices/1')
  const live = await readCsv(save(home, 'live.csv', prices({ rows: 200, seed: 9 })), { target: 'price' })
  const log = writeLog(join(home, 'log'), forest, live.columns, { labels: Array.from(live.target) })
  const same = await run(home, log, 'models:/prices/1')
  t.equal(same.agreed, 200)
  const { labelled, distance, text, html } = await run(home, log, 'models:/prices/2')
  t.ok(labelled.after > 0 && labelled.before > 0 && labelled.after !== labelled.before)
  t.ok(distance.most >= distance.mean && distance.mean > 0)
  t.match(text, /On 200 rows with a label its RMSE/)
  t.match(html, /difference/)
})
