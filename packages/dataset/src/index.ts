export { Dataset, type DatasetParts } from './dataset.ts'
export { DatasetError, type DatasetErrorCode, type ErrorPlace } from './errors.ts'
export { type HoldOutOptions, holdOut } from './hold-out.ts'
export { iris } from './iris.ts'
export { type FoldOptions, kFold } from './k-fold.ts'
export type { ColumnType, CsvOptions, RowsOptions, TableOptions, Task } from './options.ts'
export type { Partition } from './partition.ts'
export { readCsv } from './read-csv.ts'
export type { InputRow } from './rows.ts'
export type {
  CategoryFeature,
  ClassTarget,
  Feature,
  NumberFeature,
  NumberTarget,
  Signature,
  Target,
} from './signature.ts'
export { type SplitOptions, split } from './split.ts'
