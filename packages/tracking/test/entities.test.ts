import t from 'tap'
import {
  toExperiment,
  toFile,
  toModel,
  toPoint,
  toRegisteredModel,
  toRegisteredVersion,
  toRun,
} from '../src/entities.ts'

const tags = [
  { key: 'a', value: 'b' },
  { key: '__proto__', value: 'c' },
]
const record = Object.fromEntries(tags.map(({ key, value }) => [key, value]))

t.test('an experiment', async (t) => {
  t.same(
    toExperiment({
      experiment_id: '7',
      name: 'iris',
      artifact_location: 's3://b/7',
      lifecycle_stage: 'active',
      creation_time: 5,
      last_update_time: 9007199254740993n,
      tags,
    }),
    {
      experimentId: '7',
      name: 'iris',
      artifactLocation: 's3://b/7',
      lifecycleStage: 'active',
      creationTime: 5,
      lastUpdateTime: 9007199254740993n,
      tags: record,
    },
  )
})

t.test('a run with what was logged to it', async (t) => {
  const run = toRun({
    info: {
      run_id: 'r1',
      run_name: 'n',
      experiment_id: '7',
      user_id: 'ann',
      status: 'FINISHED',
      start_time: 1,
      end_time: 2,
    },
    data: {
      params: [{ key: 'depth', value: '3' }],
      metrics: [
        { key: 'loss', value: 0.5 },
        { key: 'odd', value: 'NaN' },
        { key: 'most', value: 'Infinity' },
      ],
      tags,
    },
    inputs: {
      dataset_inputs: [
        { dataset: { name: 'd', digest: 'x', source_type: 'local', source: '{}', profile: '{}' }, tags },
      ],
    },
    outputs: { model_outputs: [{ model_id: 'm-1', step: 0 }] },
  })
  t.same(run.data, {
    params: { depth: '3' },
    metrics: { loss: 0.5, odd: Number.NaN, most: Number.POSITIVE_INFINITY },
    tags: record,
  })
  t.same(run.datasets, [
    { name: 'd', digest: 'x', sourceType: 'local', source: '{}', schema: undefined, profile: '{}', tags: record },
  ])
  t.same(run.modelIds, ['m-1'])
  t.match(run.info, { runId: 'r1', runName: 'n', userId: 'ann', status: 'FINISHED', startTime: 1, endTime: 2 })
})

t.test('a point, a file, a model and its versions', async (t) => {
  t.same(toPoint({ key: 'k', value: '-Infinity' }), {
    key: 'k',
    value: Number.NEGATIVE_INFINITY,
    step: 0,
    timestamp: 0,
  })
  t.same(toPoint({ key: 'k', value: 1, step: -2, timestamp: 3 }), { key: 'k', value: 1, step: -2, timestamp: 3 })
  t.same(toFile({ path: 'a/b', is_dir: true }), { path: 'a/b', isDirectory: true, bytes: undefined })
  t.same(toFile({ path: 'a', file_size: 0 }), { path: 'a', isDirectory: false, bytes: 0 })
  t.match(toModel({ info: { model_id: 'm', source_run_id: '', tags }, data: { params: [{ key: 'p', value: '1' }] } }), {
    modelId: 'm',
    sourceRunId: undefined,
    params: { p: '1' },
    tags: record,
  })
  t.match(toRegisteredModel({ name: 'iris', aliases: [{ alias: 'champion', version: '4' }], tags }), {
    name: 'iris',
    aliases: { champion: '4' },
    tags: record,
  })
  t.match(toRegisteredVersion({ name: 'iris', version: '4', aliases: ['champion'], run_id: '', model_id: 'm-1' }), {
    version: '4',
    aliases: ['champion'],
    runId: undefined,
    modelId: 'm-1',
  })
})

t.test('what a server leaves out is empty, but for what says which thing it is', async (t) => {
  t.same(toRegisteredVersion({ name: 'iris', version: '1' }), {
    name: 'iris',
    version: '1',
    aliases: [],
    runId: undefined,
    source: '',
    status: '',
    modelId: undefined,
    stage: '',
    description: '',
    creationTime: undefined,
    lastUpdatedTime: undefined,
    tags: {},
  })
  t.same(toRun({ info: { run_id: 'r' } }).data, { params: {}, metrics: {}, tags: {} })
  const lacks = (what: string) => ({
    code: 'TRACKING_ERR_HTTP',
    message: `The server's answer lacks the ${what}: is this an MLflow server?`,
  })
  for (const nothing of [undefined, {}, null as never, 5 as never]) {
    t.throws(() => toExperiment(nothing), lacks('experiment_id of an experiment'))
    t.throws(() => toRun(nothing), lacks('run_id of a run'))
    t.throws(() => toModel(nothing), lacks('model_id of a model'))
    t.throws(() => toRegisteredModel(nothing), lacks('name of a registered model'))
    t.throws(() => toRegisteredVersion(nothing), lacks('name of a model version'))
  }
  t.throws(() => toRegisteredVersion({ name: 'iris' }), lacks('version of a model version'))
  t.throws(() => toPoint({ value: 1 }), lacks('key of a metric'))
  t.throws(() => toFile({ is_dir: true }), lacks('path of an artifact'))
})

t.test('no answer, however odd, is an error without a code', async (t) => {
  const odd: unknown[] = [
    null,
    5,
    'text',
    {},
    [],
    [null],
    [5],
    [[]],
    [{}],
    [{ key: null }],
    [{ dataset: null }],
    { length: 3 },
  ]
  const info = { run_id: 'r', model_id: 'm' }
  for (const value of odd) {
    const reply = {
      name: 'n',
      version: '1',
      experiment_id: '7',
      tags: value,
      aliases: value,
      info: { ...info, tags: value },
    }
    const data = { params: value, metrics: value, tags: value }
    const inputs = { dataset_inputs: value }
    for (const convert of [
      () => toExperiment(reply as never),
      () => toRun({ ...reply, data, inputs, outputs: { model_outputs: value } } as never),
      () => toRun({ info, data: value, inputs: value, outputs: value } as never),
      () => toModel({ ...reply, data } as never),
      () => toRegisteredModel(reply as never),
      () => toRegisteredVersion(reply as never),
    ]) {
      try {
        convert()
      } catch (error) {
        t.equal((error as { code?: string }).code, 'TRACKING_ERR_HTTP', `${JSON.stringify(value)}: ${error}`)
      }
    }
  }
})
