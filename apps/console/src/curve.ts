import type { Answer, Cell, Feature } from './answers.ts'
import { sliderOver } from './slider.ts'

/** What the model says while one feature changes and the others stay. */
export interface Curve {
  readonly feature: number
  readonly cells: readonly Cell[]
  readonly answers: readonly Answer[]
}

const POINTS = 60
const MOST_LEVELS = 20

/** The row again and again with other values of one feature: over the range of a number, or the first levels of a category. */
export function curveRows(feature: Feature, at: number, row: readonly Cell[]) {
  const cells = cellsOf(feature, row[at] ?? null)
  return { cells, rows: cells.map((cell) => row.map((before, f) => (f === at ? cell : before))) }
}

function cellsOf(feature: Feature, current: Cell): Cell[] {
  if (feature.type === 'category') {
    const levels: Cell[] = feature.levels.slice(0, MOST_LEVELS)
    return current === null || levels.includes(current) ? levels : [...levels.slice(0, MOST_LEVELS - 1), current]
  }
  const { min, max } = feature
  if (min === null || max === null) return []
  // A value outside of the range of training is shown too.
  const value = typeof current === 'number' ? current : min
  const [low, high] = [Math.min(min, value), Math.max(max, value)]
  const slider = sliderOver(low, high)
  if (slider === undefined) return []
  const points = Math.min(POINTS, slider.last)
  return Array.from({ length: points + 1 }, (_, i) => slider.valueAt(Math.round((i * slider.last) / points)))
}
