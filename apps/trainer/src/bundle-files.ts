import type { Dataset } from '@copse/dataset'
import type { Forest, OutOfBag } from '@copse/model'
import { buildReference, type Reference, type SignalInput } from '@copse/monitoring'
import type { BundleFiles } from './bundle.ts'
import { type CardContent, modelCard } from './card.ts'
import { evaluationOf } from './evaluation.ts'
import { goldenAnswers } from './golden.ts'
import { mlflowFiles } from './mlflow-files.ts'
import type { OnnxExport } from './onnx.ts'
import type { Parts } from './parts.ts'
import { plots } from './plots.ts'
import { sha256 } from './sums.ts'
import type { Trial } from './trial.ts'

/** Every file of the bundle of a trial's forest but `SHA256SUMS`. */
export function bundleFiles(
  trial: Trial,
  parts: Parts,
  card: Omit<CardContent, 'forest' | 'configuration' | 'onnx'>,
  onnx: OnnxExport,
): BundleFiles {
  const { forest, contender } = trial
  const modelSha256 = sha256(forest.data)
  const files = new Map<string, Uint8Array | string>([
    ['forest.copse', forest.data],
    ['reference.json', `${JSON.stringify(reference(trial, parts, modelSha256))}\n`],
    ['golden.json', goldenAnswers(forest, parts.test)],
    ['evaluation.json', `${JSON.stringify(evaluationOf(trial, parts))}\n`],
    ['model-card.md', modelCard({ ...card, forest, configuration: contender.name, onnx })],
    ...plots(contender.name, forest, parts.test, trial.answers),
  ])
  if ('model' in onnx) files.set('model.onnx', onnx.model)
  return new Map([...files, ...mlflowFiles(forest, parts.test, files)])
}

/**
 * The profile of the training rows, with answers and signals for the held-out rows: those of the whole forest to rows it has
 * not seen, as live traffic gets them. An out-of-bag answer is that of a third of the trees and less sure; its rows are many,
 * so calibration is made of these where the forest has them.
 */
function reference(trial: Trial, parts: Parts, modelSha256: string): Reference {
  const { signature, columns } = parts.train
  const own = outOfBagAnswers(trial.forest.outOfBag)
  const actual = own === undefined ? parts.test.target : parts.train.target
  const answersOf = (given: Float64Array) =>
    signature.target.type === 'class' ? { probabilities: given } : { values: given }
  return buildReference({
    signature,
    columns,
    ...answersOf(trial.answers.outputs),
    calibration: { ...answersOf(own ?? trial.answers.outputs), actual },
    signals: signalsOf(trial.forest, parts.test),
    modelSha256,
  })
}

function signalsOf(forest: Forest, { rows, columns }: Dataset): SignalInput {
  const signals = {
    answers: new Float64Array(rows * forest.outputs),
    disagreement: new Float64Array(rows),
    rareShare: new Float64Array(rows),
  }
  forest.predictSignalsInto(columns, signals)
  return signals
}

function outOfBagAnswers(outOfBag: OutOfBag | undefined): Float64Array | undefined {
  const given = outOfBag?.probabilities ?? outOfBag?.values
  return given?.some((value) => !Number.isNaN(value)) ? given : undefined
}
