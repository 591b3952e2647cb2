import { readFileSync } from 'node:fs'

/** What scikit-learn says; test/fixtures/make-metrics.py writes it. */
export const reference: {
  classes: {
    classes: number
    actual: number[]
    probabilities: number[]
    argmax: number[]
    accuracy: number
    logLoss: number
    confusionMatrix: number[]
    precision: number[]
    recall: number[]
    f1: number[]
    support: number[]
    macro: { precision: number; recall: number; f1: number }
    weighted: { precision: number; recall: number; f1: number }
    rocAuc: number
  }[]
  numbers: { actual: number[]; predicted: number[]; rmse: number; mae: number; r2: number }[]
} = JSON.parse(readFileSync(new URL('../fixtures/metrics.json', import.meta.url), 'utf8'))

export function near(found: number, expected: number): boolean {
  return Math.abs(found - expected) <= 1e-12 * Math.max(1, Math.abs(expected))
}
