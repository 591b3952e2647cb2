import { readCsv } from '@copse/dataset'
import { train } from '@copse/model'
import t from 'tap'
import { type CardContent, modelCard } from '../src/card.ts'
import { gems, prices, save } from './tables.ts'

async function content(directory: string, text: string, target: string): Promise<CardContent> {
  const table = await readCsv(save(directory, 'gems.csv', text), { target })
  const forest = await train(table, { nEstimators: 3, seed: 1, oobScore: true })
  return {
    modelName: 'gems',
    task: target === 'sold' ? 'classification' : 'regression',
    data: { name: 'gems', sha256: 'abc', rows: 120, heldOut: 24 },
    folds: 5,
    configuration: 'default',
    forest,
    runs: [
      {
        name: 'default',
        baseline: false,
        cv: { accuracy: 0.9, log_loss: 0.25 },
        test: { accuracy: 0.91, log_loss: 0.2, roc_auc: 0.97 },
      },
      {
        name: 'leaf-3',
        baseline: false,
        cv: { accuracy: 0.8, log_loss: 0.35 },
        test: { accuracy: 0.81, log_loss: 0.3 },
      },
    ],
    warnings: ['Column "id" is constant.'],
    onnx: { model: Uint8Array.of(1) },
  }
}

t.test('it says what the model does, how it was chosen and how well it does', async (t) => {
  const card = modelCard(await content(t.testdir(), gems(), 'sold'))
  for (const part of [
    '# gems\n',
    'A random forest that tells sold (no, yes) from 3 features.',
    '| held out | 24 rows, by a hash of their own values; never trained on |',
    'lowest mean log loss in cross-validation',
    '| default (this model) | 0.9000 | 0.2500 |  | 0.9100 | 0.2000 | 0.9700 |',
    '| nEstimators | 3 |',
    '| maxDepth | null |',
    'Out-of-bag accuracy: 0.',
    "| cut | category | 3 levels: fair, good, jeweller's best | yes | 0.",
    '- Column "id" is constant.',
    '## Limits',
  ]) {
    t.ok(card.includes(part), part)
  }
})

t.test('a regression card speaks of numbers', async (t) => {
  const card = modelCard(await content(t.testdir(), prices(), 'price'))
  t.match(card, 'A random forest that estimates the number price from 3 features.')
  t.match(card, 'Out-of-bag R2: ')
  t.match(card, 'A forest does not extrapolate')
})

t.test('names from a file cannot become markup', async (t) => {
  const given = await content(t.testdir(), gems(), 'sold')
  const card = modelCard({ ...given, warnings: ['<script>|`x`\n# head'], modelName: 'a|b' })
  t.match(card, '- \\<script\\>\\|\\`x\\` # head\n')
  t.match(card, '# a\\|b\n')
})

t.test('a bundle without model.onnx says why', async (t) => {
  const given = await content(t.testdir(), gems(), 'sold')
  t.match(modelCard(given), '- `model.onnx`, `requirements.txt`')
  const without = modelCard({ ...given, onnx: { absence: '--onnx=never' } })
  t.match(without, 'There is no `model.onnx`, so only Copse can load this model: --onnx=never.')
  t.notMatch(without, 'requirements.txt')
})

t.test('the same content gives the same text', async (t) => {
  const given = await content(t.testdir(), gems(), 'sold')
  t.equal(modelCard(given), modelCard(given))
})
