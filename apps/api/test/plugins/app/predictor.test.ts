import t from 'tap'
import { build } from '../../app.ts'

t.test('a dialect predicts what stands in the input, and is counted by its name', async (t) => {
  const { app } = await build(t)
  const model = app.models.default.current!
  const predict = app.predictor('other')
  model.input(1).set([5.1, 3.5, 1.4, 0.2])
  t.strictSame([...predict(model, 1).classIds], [0])
  const { body } = await app.inject('/metrics')
  t.ok(body.includes('copse_predictions_total{model="iris",version="1",dialect="other",class="setosa"} 1'))
  t.ok(body.includes('copse_predictions_total{model="iris",version="1",dialect="own",class="setosa"} 0'))
})
