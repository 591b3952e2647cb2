/** What stands in a column: the slow twin is `surveyPlainly` in src/survey.ts. */

export let least: f32 = f32.POSITIVE_INFINITY
export let most: f32 = f32.NEGATIVE_INFINITY
export let someMissing: bool = false
export let allWhole: bool = true

export function startSurvey(): void {
  least = Infinity
  most = -Infinity
  someMissing = false
  allWhole = true
}

/** Goes on with the values at [from, end), a whole number of 16 bytes. */
export function surveyValues(from: usize, end: usize): void {
  let lows = f32x4.splat(least)
  let highs = f32x4.splat(most)
  let missing = i32x4.splat(0)
  let whole = i32x4.splat(-1)
  for (let at = from; at < end; at += 16) {
    const values = v128.load(at)
    const isMissing = f32x4.ne(values, values)
    lows = f32x4.pmin(lows, values)
    highs = f32x4.pmax(highs, values)
    missing = v128.or(missing, isMissing)
    whole = v128.and(whole, v128.or(isMissing, f32x4.eq(f32x4.trunc(values), values)))
  }
  least = min(
    min(f32x4.extract_lane(lows, 0), f32x4.extract_lane(lows, 1)),
    min(f32x4.extract_lane(lows, 2), f32x4.extract_lane(lows, 3)),
  )
  most = max(
    max(f32x4.extract_lane(highs, 0), f32x4.extract_lane(highs, 1)),
    max(f32x4.extract_lane(highs, 2), f32x4.extract_lane(highs, 3)),
  )
  someMissing = someMissing || v128.any_true(missing)
  allWhole = allWhole && i32x4.all_true(whole)
}
