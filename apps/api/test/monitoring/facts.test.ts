import t from 'tap'
import { factsOf, keyOf } from '../../src/monitoring/facts.ts'
import { build } from '../app.ts'
import { irisFiles } from '../bundle.ts'
import { irisFacts } from './facts.ts'

t.test('the facts of a served model are plain data, and all that another process needs', async (t) => {
  const { app } = await build(t)
  const facts = factsOf(app.models.default.current!)!
  t.strictSame(structuredClone(facts), facts)
  t.strictSame(facts, irisFacts())
})

t.test('a bundle without a reference has none', async (t) => {
  const { 'reference.json': _, ...files } = irisFiles()
  const { app } = await build(t, files)
  t.equal(factsOf(app.models.default.current!), undefined)
})

t.test('a key tells every name, version and file apart, however they are spelt', async (t) => {
  const of = [
    { name: 'a', version: '1', sha256: 'x' },
    { name: 'a', version: '2', sha256: 'x' },
    { name: 'a', version: '1', sha256: 'y' },
    { name: 'a","1', version: '', sha256: 'x' },
    { name: 'a,1', version: '', sha256: 'x' },
    { name: 'a 1', version: '1', sha256: 'x' },
  ]
  t.equal(new Set(of.map(keyOf)).size, of.length)
  t.equal(keyOf({ ...of[0]! }), keyOf(of[0]!))
})
