export type { NumberRows } from './block.ts'
export type { Aggregation, Ties } from './check-description.ts'
export { ModelError, type ModelErrorCode } from './errors.ts'
export { Forest, type ForestParts, type RowSignals } from './forest.ts'
export { type ImportOptions, importMlRandomForest } from './import.ts'
export { accuracy } from './metrics/accuracy.ts'
export { argmax } from './metrics/argmax.ts'
export { type Averages, type ClassReport, classReport, confusionMatrix } from './metrics/confusion-matrix.ts'
export { logLoss } from './metrics/log-loss.ts'
export { mae, r2, rmse } from './metrics/regression.ts'
export { rocAuc } from './metrics/roc-auc.ts'
export { onnxSize, toOnnx } from './onnx/to-onnx.ts'
export type { Progress } from './pace.ts'
export type { Parameters, ResolvedParameters } from './parameters.ts'
export type { Row, Rows } from './rows.ts'
export type { OutOfBag, TrainingSummary } from './summary.ts'
export type {
  CategoryFeature,
  ClassTarget,
  Feature,
  NumberFeature,
  NumberTarget,
  Signature,
  Table,
  Target,
} from './table.ts'
export { type TrainOptions, train } from './train.ts'
export { LEAF, MISSING_LEFT, SUBSET, type Trees } from './trees.ts'
