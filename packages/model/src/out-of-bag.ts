import type { GrownTree } from './grown-tree.ts'
import { leafStarts, sharesOf } from './pack-shares.ts'
import type { Plan } from './plan.ts'
import type { OutOfBag } from './summary.ts'

/** What the summary tells about rows that trees left out. */
export interface OutOfBagScore {
  readonly outOfBag: OutOfBag
  /** Accuracy or R2; undefined when too few rows were left out. */
  readonly score: number | undefined
  /** Undefined when the first tree left no row out. */
  readonly errorByTrees: number[] | undefined
  readonly warnings: string[]
}

/** Sums the answers of trees for the rows they left out. Trees are to be added in their order, since sums depend on it. */
export interface Tally {
  add(tree: GrownTree): void
  /** Runs until done when iterated. */
  finish(): Generator<void, OutOfBagScore>
}

export function createTally(plan: Plan): Tally {
  return plan.classes > 0 ? new ClassTally(plan) : new ValueTally(plan)
}

const NONE = 0xffff_ffff

const ROWS_AT_ONCE = 1 << 16

class ClassTally implements Tally {
  readonly #plan: Plan
  readonly #sums: Float64Array
  readonly #treesPerRow: Uint32Array
  /** invariant: the first maximum of the row's sums, NONE before the first tree that left it out. */
  readonly #best: Uint32Array
  readonly #errors: number[] = []
  #scored = 0
  #right = 0

  constructor(plan: Plan) {
    this.#plan = plan
    this.#sums = new Float64Array(plan.rows * plan.classes)
    this.#treesPerRow = new Uint32Array(plan.rows)
    this.#best = new Uint32Array(plan.rows).fill(NONE)
  }

  add(tree: GrownTree): void {
    const { outRows, outLeaf, leafClass } = tree
    const { classes, target, weights } = this.#plan
    const leafStart = leafStarts(tree)
    const leafShare = sharesOf(tree)
    const sums = this.#sums
    for (let i = 0; i < outRows.length; i++) {
      const row = outRows[i]
      const leaf = outLeaf[i]
      const before = this.#best[row]
      let best = before
      for (let entry = leafStart[leaf]; entry < leafStart[leaf + 1]; entry++) {
        const of = leafClass[entry]
        const sum = sums[row * classes + of] + leafShare[entry]
        sums[row * classes + of] = sum
        const most = best === NONE ? -1 : sums[row * classes + best]
        if (sum > most || (sum === most && of < best)) best = of
      }
      this.#best[row] = best
      this.#treesPerRow[row]++
      if (weights !== undefined && weights[row] === 0) continue
      if (before === NONE) this.#scored++
      this.#right += Number(best === target[row]) - Number(before === target[row])
    }
    this.#errors.push(1 - this.#right / this.#scored)
  }

  *finish(): Generator<void, OutOfBagScore> {
    const { classes, rows } = this.#plan
    const sums = this.#sums
    for (let row = 0; row < rows; row++) {
      const trees = this.#treesPerRow[row]
      for (let k = row * classes; k < (row + 1) * classes; k++) sums[k] = trees === 0 ? Number.NaN : sums[k] / trees
      if (row % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) yield
    }
    return {
      outOfBag: { probabilities: sums, treesPerRow: this.#treesPerRow },
      score: this.#scored === 0 ? undefined : this.#right / this.#scored,
      errorByTrees: defined(this.#errors),
      warnings: warnOfRest(this.#treesPerRow),
    }
  }
}

class ValueTally implements Tally {
  readonly #plan: Plan
  readonly #sums: Float64Array
  readonly #treesPerRow: Uint32Array
  readonly #errors: number[] = []

  constructor(plan: Plan) {
    this.#plan = plan
    this.#sums = new Float64Array(plan.rows)
    this.#treesPerRow = new Uint32Array(plan.rows)
  }

  add({ outRows, outLeaf, leafShare }: GrownTree): void {
    for (let i = 0; i < outRows.length; i++) {
      this.#sums[outRows[i]] += leafShare[outLeaf[i]]
      this.#treesPerRow[outRows[i]]++
    }
    const { scored, squares } = this.#squareErrors()
    this.#errors.push(squares / scored)
  }

  *finish(): Generator<void, OutOfBagScore> {
    const { scored, squares, spread } = this.#squareErrors()
    yield
    const treesPerRow = this.#treesPerRow
    const explained = spread > 0 ? 1 - squares / spread : squares === 0 ? 1 : 0
    return {
      outOfBag: { values: this.#sums.map((sum, row) => sum / treesPerRow[row]), treesPerRow },
      score: scored < 2 ? undefined : explained,
      errorByTrees: defined(this.#errors),
      warnings: warnOfRest(treesPerRow),
    }
  }

  #squareErrors(): { scored: number; squares: number; spread: number } {
    const { target, weights, rows } = this.#plan
    const treesPerRow = this.#treesPerRow
    const isScored = (row: number) => treesPerRow[row] > 0 && (weights === undefined || weights[row] > 0)
    let scored = 0
    let squares = 0
    let sum = 0
    for (let row = 0; row < rows; row++) {
      if (!isScored(row)) continue
      const error = this.#sums[row] / treesPerRow[row] - target[row]
      scored++
      squares += error * error
      sum += target[row]
    }
    let spread = 0
    for (let row = 0; row < rows; row++) {
      const distance = isScored(row) ? target[row] - sum / scored : 0
      spread += distance * distance
    }
    return { scored, squares, spread }
  }
}

function defined(errors: number[]): number[] | undefined {
  return errors.some(Number.isNaN) ? undefined : errors
}

function warnOfRest(treesPerRow: Uint32Array): string[] {
  let never = 0
  for (const trees of treesPerRow) if (trees === 0) never++
  if (never === 0) return []
  const rows = treesPerRow.length
  return [
    `${never} of ${rows} rows were seen by every tree and have no out-of-bag answer; more trees leave fewer such rows.`,
  ]
}
