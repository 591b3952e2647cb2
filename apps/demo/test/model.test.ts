import { iris, type Signature } from '@copse/dataset'
import t from 'tap'
import { showModel } from '../src/model.ts'
import { listen } from './service.ts'

const shown = (info: Record<string, unknown>, signature: Signature = iris().signature) => {
  const { report, text } = listen()
  showModel({ name: 'iris', version: '3', sha256: 'ab', signature, info }, report)
  return text()
}

t.test('what the service does not tell is left out', async (t) => {
  t.notMatch(shown({}), /parameters|training|run|loaded|undefined|null/)
})

t.test('parameters that are set, in short', async (t) => {
  const parameters = { seed: 123456789, maxFeatures: 2 / 3, maxDepth: null, criterion: 'gini', classWeight: { a: 2 } }
  t.match(
    shown({ parameters }),
    /parameters +seed 123456789, maxFeatures 0\.6667, criterion gini, classWeight\s+{"a":2}\n/,
  )
})

t.test('one feature, one tree, a number', async (t) => {
  const signature: Signature = {
    features: [{ name: 'carat', type: 'number', missing: false, min: 0, max: 1 }],
    target: { name: 'price', type: 'number' },
  }
  const text = shown({ trees: 1, training: { rows: 1 }, run_id: null }, signature)
  t.match(text, /answers +price: a number\n/)
  t.match(text, /from +1 feature: carat\n/)
  t.match(text, /training +1 row, 1 tree\n/)
})

t.test('many features are shortened', async (t) => {
  const features = Array.from({ length: 200 }, (_, index) => ({ ...iris().signature.features[0], name: `f${index}` }))
  t.match(shown({}, { ...iris().signature, features } as Signature), /from +200 features: f0, f1, (?:.|\n)*…\n/)
})
