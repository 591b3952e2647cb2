export { ModelError, type ModelErrorCode } from './errors.ts'
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
export { LEAF, MISSING_LEFT, SUBSET, type Trees } from './trees.ts'
