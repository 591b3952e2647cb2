import { joint, squares, weight, whole } from './many-node'

export const LIGHT_MANY: u32 = 256
/** Up to here the products of the score are exact in float64; above, its two quotients are taken one by one. */
export const EXACT_MANY: u32 = 131072

export function scoreHeavy(lsq: f64, m: f64, nl: f64): f64 {
  const nr = whole - nl
  const rsq = squares - 2 * m + lsq
  return joint ? (lsq * nr + rsq * nl) / (nl * nr) : lsq / nl + rsq / nr
}

export function scoreLight(lsq: f64, m: f64, nl: f64): f32 {
  const l = <f32>nl
  const r = <f32>(<f64>weight - nl)
  const rsq = squares - 2 * m + lsq
  return (<f32>lsq * r + <f32>rsq * l) / (l * r)
}

/** The score of a node that weighs less than LIGHT_MANY, four cuts at a time. */
export function scoreFour(lsq: v128, rsq: v128, nl: v128, nr: v128): v128 {
  const l = f32x4.convert_i32x4_s(nl)
  const r = f32x4.convert_i32x4_s(nr)
  return f32x4.div(
    f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(lsq), r), f32x4.mul(f32x4.convert_i32x4_s(rsq), l)),
    f32x4.mul(l, r),
  )
}

/** The same for two cuts of a node up to EXACT_MANY. */
export function scorePair(lsq: v128, rsq: v128, nl: v128, nr: v128): v128 {
  const l = f64x2.convert_low_i32x4_s(nl)
  const r = f64x2.convert_low_i32x4_s(nr)
  return f64x2.div(
    f64x2.add(
      f64x2.mul(f64x2.convert_low_i32x4_s(lsq), r),
      f64x2.mul(f64x2.convert_low_i32x4_s(rsq), l),
    ),
    f64x2.mul(l, r),
  )
}
