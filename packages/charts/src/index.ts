export { type BarsOptions, bars } from './bars.ts'
export { type ConfusionMatrixOptions, confusionMatrix } from './confusion-matrix.ts'
export { ChartsError, type ChartsErrorCode } from './errors.ts'
export { type LinesOptions, lines, type Series } from './lines.ts'
