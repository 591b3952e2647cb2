import { sum } from './chi-squared.ts'
import { kolmogorovSurvival } from './kolmogorov.ts'

export interface KolmogorovSmirnov {
  /** Greatest distance between the two cumulative shares, at the ends of the bins. */
  readonly statistic: number
  /** By the limiting two-sample distribution. Bins can only hide a distance, so it is never too small for that reason. */
  readonly pValue: number
}

/** Whether two rows of counts in ascending bins are samples of one distribution. */
export function kolmogorovSmirnov(reference: ArrayLike<number>, current: ArrayLike<number>): KolmogorovSmirnov {
  const n1 = sum(reference)
  const n2 = sum(current)
  if (n1 === 0 || n2 === 0) return { statistic: 0, pValue: 1 }
  let statistic = 0
  let below1 = 0
  let below2 = 0
  for (let bin = 0; bin < reference.length; bin++) {
    below1 += reference[bin]
    below2 += current[bin]
    statistic = Math.max(statistic, Math.abs(below1 / n1 - below2 / n2))
  }
  return { statistic, pValue: kolmogorovSurvival(statistic * Math.sqrt((n1 * n2) / (n1 + n2))) }
}
