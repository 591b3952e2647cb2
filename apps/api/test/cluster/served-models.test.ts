import t from 'tap'
import { ServedModels } from '../../src/cluster/served-models.ts'
import { irisFacts } from '../monitoring/facts.ts'

const [one, two] = [irisFacts('1'), irisFacts('2')]
const versions = (models: ServedModels) => models.all().map(({ version }) => version)

t.test('what all processes serve is one model, in a swap both', async (t) => {
  const models = new ServedModels()
  t.strictSame(versions(models), [])
  models.set(1, [one])
  models.set(2, [one])
  t.strictSame(versions(models), ['1'])
  models.set(1, [two])
  t.strictSame(versions(models), ['2', '1'])
  models.set(2, [two])
  t.strictSame(versions(models), ['2'])
})

t.test('one that has loaded only a part yet takes nothing from the others', async (t) => {
  const models = new ServedModels()
  models.set(1, [one, two])
  models.set(2, [two])
  t.strictSame(versions(models).sort(), ['1', '2'])
})

t.test('what is unloaded everywhere is served no more', async (t) => {
  const models = new ServedModels()
  models.set(1, [one])
  models.set(2, [one])
  models.set(1, [])
  t.strictSame(versions(models), ['1'])
  models.set(2, [])
  t.strictSame(versions(models), [])
})

t.test('a process that ended serves no more; what the last one served stays until its successor tells', async (t) => {
  const models = new ServedModels()
  models.set(1, [one])
  models.set(2, [two])
  models.retire(1)
  t.strictSame(versions(models), ['2'])
  models.retire(2)
  t.strictSame(versions(models), ['2'])
  models.set(3, [one])
  t.strictSame(versions(models), ['1'])
  models.retire(9)
  t.strictSame(versions(models), ['1'], 'one that never told')
})
