/** Nodes that weigh less are scored in float32. */
export const LIGHT: u32 = 32768

/** Whole weights of the two classes, at most 32,767. */
export let factor0: u32 = 1
export let factor1: u32 = 1

export function setFactors(first: u32, second: u32): void {
  factor0 = first
  factor1 = second
}

export function scoreHeavy(l0: f64, l1: f64, t0: f64, t1: f64): f64 {
  const d = l1 * t0 - l0 * t1
  const nl = <f64>factor0 * l0 + <f64>factor1 * l1
  return (d * d) / (nl * (<f64>factor0 * t0 + <f64>factor1 * t1 - nl))
}

export function scoreLight(l0: u32, l1: u32, t0: u32, t1: u32): f32 {
  const d = <f32>(<i32>(l1 * t0 - l0 * t1))
  const nl = factor0 * l0 + factor1 * l1
  return (d * d) / (<f32>nl * <f32>(factor0 * t0 + factor1 * t1 - nl))
}

/** The product of the sides' weights, four cuts at a time. */
export function sidesProduct(left: v128, right: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(left), f32x4.convert_i32x4_s(right))
}
