/** A slider's places: whole numbers from 0 to `last`, each of which is a value. */
export interface Slider {
  readonly last: number
  valueAt(place: number): number
  /** The nearest place; what is out of the range is at its end. */
  placeOf(value: number): number
}

/** Places of a slider over numbers that are not whole, or of few. */
const PLACES = 200
const FEW = 20
const LEAST_PLACES = 40

/** As many as toFixed takes; float32's smallest steps need 49. */
const MOST_DECIMALS = 100

/** A slider from `min` to `max`, both of which it reaches exactly; undefined where they leave nothing to slide. */
export function sliderOver(min: number | null, max: number | null): Slider | undefined {
  if (min === null || max === null || !(max > min) || !Number.isFinite(max - min)) return undefined
  const last = places(min, max)
  const step = (max - min) / last
  // Two digits more than the step has, so that places are told apart and 0.30000000000000004 is 0.3.
  const decimals = Math.min(Math.max(1 - Math.floor(Math.log10(step)), 0), MOST_DECIMALS)
  return {
    last,
    valueAt(place) {
      if (place <= 0) return min
      if (place >= last) return max
      return Number((min + place * step).toFixed(decimals))
    },
    placeOf(value) {
      return Math.min(Math.max(Math.round((value - min) / step), 0), last)
    },
  }
}

/** Whole ends get whole places, or whole numbers of them between. */
function places(min: number, max: number): number {
  const range = max - min
  if (!Number.isInteger(min) || !Number.isInteger(max) || range > PLACES) return PLACES
  return range >= FEW ? range : range * Math.ceil(LEAST_PLACES / range)
}
