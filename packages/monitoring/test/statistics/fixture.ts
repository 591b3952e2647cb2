import { readFileSync } from 'node:fs'

interface Fixture {
  log_gamma: [x: number, value: number][]
  upper_gamma: [shape: number, x: number, value: number][]
  chi2_sf: [x: number, degrees: number, value: number][]
  kolmogorov: [x: number, value: number][]
  tables: {
    reference: number[]
    current: number[]
    chi2: number
    dof: number
    p_chi2: number
    ks: number
    p_ks: number
    js: number
    psi: number
  }[]
  fisher: { hits1: number; n1: number; hits2: number; n2: number; greater: number; less: number }[]
  out_of_range: [k: number, n: number, N: number, value: number][]
  adjusted: { p: number[]; q: number[]; scipy: number[] }[]
}

/** What scipy and statsmodels say: `fixtures/make-statistics.py`. */
export const fixture: Fixture = JSON.parse(
  readFileSync(new URL('../fixtures/statistics.json', import.meta.url), 'utf8'),
)

/** Whether two numbers agree to a relative error, or both are below what a double can tell from 0. */
export function near(found: number, expected: number, relative = 1e-11): boolean {
  return Math.abs(found - expected) <= relative * Math.abs(expected) + 1e-300
}
