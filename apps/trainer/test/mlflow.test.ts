import t from 'tap'
import { runExperiment } from '../src/pipeline.ts'

const uri = process.env.MLFLOW_TRACKING_URI
const skip = uri ? false : 'MLFLOW_TRACKING_URI is not set: nothing was tried against a real MLflow server'

/** One GET of MLflow's REST API. */
async function get<T>(path: string, query: Record<string, string>): Promise<T> {
  const response = await fetch(`${uri}/api/2.0/mlflow/${path}?${new URLSearchParams(query)}`)
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as T
}

async function search(experiment: string) {
  const response = await fetch(`${uri}/api/2.0/mlflow/runs/search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ experiment_ids: [experiment], max_results: 100, order_by: ['attributes.start_time ASC'] }),
  })
  return ((await response.json()) as { runs: MlflowRun[] }).runs
}

interface MlflowRun {
  info: { run_id: string; run_name: string; status: string }
  data: Record<'metrics' | 'params' | 'tags', { key: string; value: string | number }[]>
  inputs: { dataset_inputs: { dataset: { name: string } }[] }
}

const logged = (run: MlflowRun, kind: keyof MlflowRun['data'], key: string) =>
  run.data[kind].find((entry) => entry.key === key)?.value

t.test('an experiment on an MLflow server', { skip }, async (t) => {
  const name = `trainer-test-${Date.now()}`
  let text = ''
  const result = await runExperiment(
    { trackingUri: uri, home: t.testdir(), experiment: name, modelName: name, trees: 5, threads: 1 },
    { output: { write: (more) => (text += more) } },
  )
  t.match(text, new URL(uri!).host)

  const { experiment } = await get<{ experiment: { experiment_id: string } }>('experiments/get-by-name', {
    experiment_name: name,
  })
  const [parent, ...children] = await search(experiment.experiment_id)
  t.equal(parent!.info.run_id, result.run)
  t.strictSame(
    children.map(({ info }) => info.run_name),
    ['default', 'leaf-3', 'entropy-half', 'ml-random-forest'],
  )
  for (const run of [parent!, ...children]) {
    t.equal(run.info.status, 'FINISHED')
    t.equal(run.inputs.dataset_inputs.length, 2)
  }
  for (const child of children) t.equal(logged(child, 'tags', 'mlflow.parentRunId'), parent!.info.run_id)
  const chosen = children.find(({ info }) => info.run_name === result.chosen.contender.name)!
  t.equal(logged(chosen, 'metrics', 'log_loss'), result.chosen.test.log_loss)
  const { metrics } = await get<{ metrics: { step: number }[] }>('metrics/get-history', {
    run_id: chosen.info.run_id,
    metric_key: 'oob_error',
    max_results: '100',
  })
  t.strictSame(
    metrics.map(({ step }) => step),
    [1, 2, 3, 4, 5],
  )
  const { files } = await get<{ files: { path: string }[] }>('artifacts/list', { run_id: chosen.info.run_id })
  t.ok(files.some(({ path }) => path === 'confusion-matrix.svg'))

  const { model_version: version } = await get<{ model_version: object }>('registered-models/alias', {
    name,
    alias: 'champion',
  })
  t.match(version, { name, version: '1', run_id: chosen.info.run_id })

  const again = await runExperiment(
    { trackingUri: uri, home: t.testdirName, experiment: name, modelName: name, trees: 5, threads: 1 },
    { output: { write: () => {} } },
  )
  t.match(again.promotion, { promote: false, reason: /equals that of version 1/ }, 'the incumbent came from the server')
})
