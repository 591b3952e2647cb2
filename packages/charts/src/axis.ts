import { widest } from './frame.ts'
import { formatTicks } from './number.ts'
import { type Scale, type ScaleOptions, scale } from './scale.ts'

/** A scale with the texts of its ticks. */
export interface Axis extends Scale {
  readonly labels: readonly string[]
}

/** Free room between the labels of a horizontal axis, in pixels. */
const GAP = 14

/** A vertical axis: every tick has its label. */
export function verticalAxis(low: number, high: number, options: ScaleOptions): Axis {
  const { ticks, at } = scale(low, high, options)
  return { ticks, at, labels: formatTicks(ticks) }
}

/** A horizontal axis: fewer ticks where the labels would touch. */
export function horizontalAxis(low: number, high: number, options: ScaleOptions): Axis {
  const axis = verticalAxis(low, high, options)
  const fits = axis.at(axis.ticks[1]) - axis.at(axis.ticks[0]) >= widest(axis.labels, 12) + GAP
  return fits || options.ticks <= 1 ? axis : horizontalAxis(low, high, { ...options, ticks: options.ticks - 1 })
}
