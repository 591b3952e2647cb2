import { randomUUID } from 'node:crypto'
import { basename, join } from 'node:path'
import { checkArtifactPath } from './artifact-path.ts'
import { BUNDLE_TAG, verifyBundle } from './bundle.ts'
import { completeFile, MLMODEL_FILE } from './complete-mlmodel.ts'
import { copyFiles, fillDirectory, listFiles } from './disk.ts'
import { TrackingError } from './errors.ts'
import type { ModelOperation } from './operation.ts'

/**
 * Copies a bundle to `models/<id>` of a run's directory, checked against its sums and with its place written into its
 * MLmodel, and says what the run's journal is to hold.
 */
export async function storeModel(
  bundle: string,
  runDirectory: string,
  name: string,
  register: ModelOperation['register'],
): Promise<ModelOperation> {
  const paths = await listFiles(bundle)
  if (paths.length === 0) throw new TrackingError('TRACKING_ERR_FILE', `The model directory ${bundle} holds no files`)
  paths.forEach(checkArtifactPath)
  const model = `m-${randomUUID().replaceAll('-', '')}`
  const time = Date.now()
  let files: ModelOperation['files'] = []
  let sum: string | undefined
  await fillDirectory(join(runDirectory, 'models', model), async (temporary) => {
    files = await copyFiles(bundle, paths, temporary)
    sum = await verifyBundle(temporary)
    if (!paths.includes(MLMODEL_FILE)) return
    const place = { modelId: model, runId: basename(runDirectory), artifactPath: `models/${model}`, time }
    const path = join(temporary, MLMODEL_FILE)
    const completed = { path: MLMODEL_FILE, ...(await completeFile(path, path, place)) }
    files = files.map((file) => (file.path === MLMODEL_FILE ? completed : file))
  })
  return { op: 'model', model, name, files, register: register && withSum(register, sum), time }
}

function withSum(register: NonNullable<ModelOperation['register']>, sum: string | undefined) {
  if (sum === undefined) return register
  const others = register.tags.filter(({ key }) => key !== BUNDLE_TAG)
  return { ...register, tags: [...others, { key: BUNDLE_TAG, value: sum }] }
}
