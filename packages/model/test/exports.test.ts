import t from 'tap'
import * as model from '../src/index.ts'

t.test('the public names of the package', async (t) => {
  t.same(Object.keys(model).sort(), [
    'Forest',
    'LEAF',
    'MISSING_LEFT',
    'ModelError',
    'SUBSET',
    'accuracy',
    'argmax',
    'classReport',
    'confusionMatrix',
    'importMlRandomForest',
    'logLoss',
    'mae',
    'onnxSize',
    'r2',
    'rmse',
    'rocAuc',
    'toOnnx',
    'train',
  ])
})

t.test('the public names of a forest', async (t) => {
  t.same(
    Object.getOwnPropertyNames(model.Forest).filter((name) => typeof (model.Forest as never)[name] === 'function'),
    ['from', 'fromTrees'],
  )
  t.same(Object.getOwnPropertyNames(model.Forest.prototype).sort(), [
    'applyInto',
    'constructor',
    'predict',
    'predictClassesInto',
    'predictInto',
    'predictProba',
    'predictSignalsInto',
    'trees',
  ])
})
