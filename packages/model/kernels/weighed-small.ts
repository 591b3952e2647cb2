import { bestScore, GO_LEFT, GO_RIGHT, NO_RIGHT, setBest, setLeft, setMissing } from './best'
import { productOf, sizeOf, Weighed, weightOf } from './kinds'
import { pick4 } from './lanes'
import { sortColumns } from './network'
import { codes, hasMissing, keyRows, laneSums, minLeaf, MISSING } from './state'
import { score } from './values-score'

/** A small node of weighed samples: sorted as ever, its cuts are scored in float64 like those of a large one. */
export function lookSmallWeighed(
  f0: u32,
  f1: u32,
  f2: u32,
  f3: u32,
  first: usize,
  end: usize,
  n: u32,
  weight: f64,
  sum: f64,
): void {
  const keys = keyRows
  const at0 = codes + (<usize>f0 << 1)
  const at1 = codes + (<usize>f1 << 1)
  const at2 = codes + (<usize>f2 << 1)
  const at3 = codes + (<usize>f3 << 1)
  let out = keys
  for (let p = first; p < end; p += sizeOf<Weighed>(), out += 16) {
    const row = load<u32>(p)
    // A sample is known by where it stands behind the first.
    let v = i32x4.splat(<u32>(p - first))
    v = v128.load_lane<u16>(at0 + row, v, 1)
    v = v128.load_lane<u16>(at1 + row, v, 3)
    v = v128.load_lane<u16>(at2 + row, v, 5)
    v = v128.load_lane<u16>(at3 + row, v, 7)
    v128.store(out, v)
  }
  sortColumns(keys, n)
  const whole = f64x2.splat(weight)
  const total = f64x2.splat(sum)
  const cells = first + 8
  let a = f64x2.splat(0)
  let b = a
  let c = a
  let d = a
  let best01 = f64x2.splat(-1)
  let best23 = best01
  let at01 = i64x2.splat(0)
  let at23 = at01
  let code = i32x4.shr_u(v128.load(keys), 16)
  for (let i: u32 = 0; i < n - minLeaf; i++) {
    const key = keys + (<usize>i << 4)
    a = f64x2.add(a, v128.load(cells + load<u16>(key)))
    b = f64x2.add(b, v128.load(cells + load<u16>(key, 4)))
    c = f64x2.add(c, v128.load(cells + load<u16>(key, 8)))
    d = f64x2.add(d, v128.load(cells + load<u16>(key, 12)))
    const nextCode = i32x4.shr_u(v128.load(key, 16), 16)
    const same = v128.or(i32x4.eq(code, nextCode), i32x4.splat(i + 1 < minLeaf ? -1 : 0))
    code = nextCode
    const n01 = i64x2.shuffle(a, b, 0, 2)
    const s01 = i64x2.shuffle(a, b, 1, 3)
    const n23 = i64x2.shuffle(c, d, 0, 2)
    const s23 = i64x2.shuffle(c, d, 1, 3)
    const r01 = f64x2.sub(whole, n01)
    const r23 = f64x2.sub(whole, n23)
    const d01 = f64x2.sub(f64x2.mul(s01, r01), f64x2.mul(f64x2.sub(total, s01), n01))
    const d23 = f64x2.sub(f64x2.mul(s23, r23), f64x2.mul(f64x2.sub(total, s23), n23))
    const score01 = f64x2.div(f64x2.mul(d01, d01), f64x2.mul(n01, r01))
    const score23 = f64x2.div(f64x2.mul(d23, d23), f64x2.mul(n23, r23))
    const better01 = v128.andnot(f64x2.gt(score01, best01), i64x2.extend_low_i32x4_s(same))
    const better23 = v128.andnot(f64x2.gt(score23, best23), i64x2.extend_high_i32x4_s(same))
    const place = i64x2.splat(i)
    best01 = v128.bitselect(score01, best01, better01)
    best23 = v128.bitselect(score23, best23, better23)
    at01 = v128.bitselect(place, at01, better01)
    at23 = v128.bitselect(place, at23, better23)
  }
  v128.store(laneSums, best01)
  v128.store(laneSums, best23, 16)
  v128.store(laneSums, i32x4.shuffle(at01, at23, 0, 2, 4, 6), 32)
  for (let lane: u32 = 0; lane < 4; lane++) {
    const f = pick4(lane, f0, f1, f2, f3)
    if (lane > 0 && f == pick4(lane - 1, f0, f1, f2, f3)) break
    const s = load<f64>(laneSums + (<usize>lane << 3))
    const column = keys + (<usize>lane << 2)
    const gone = hasMissing(f) && load<u16>(column + (<usize>(n - 1) << 4), 2) == MISSING
    if (s > bestScore) {
      const place = load<u32>(laneSums + (<usize>lane << 2), 32)
      const at = column + (<usize>place << 4)
      const right = <u32>load<u16>(at, 18)
      setBest(s, f, load<u16>(at, 2), gone && right == MISSING ? NO_RIGHT : right)
      if (gone) setMissing(GO_RIGHT)
      let nl: f64 = 0
      let sl: f64 = 0
      for (let p = column; p <= at; p += 16) {
        nl += weightOf<Weighed>(first + load<u16>(p))
        sl += productOf<Weighed>(first + load<u16>(p))
      }
      setLeft(nl, sl, 0, place + 1)
    }
    if (gone) scanGone(column, f, first, n, weight, sum)
  }
}

/** Tries the cuts of a sorted column with its missing values on the left. */
function scanGone(column: usize, f: u32, first: usize, n: u32, weight: f64, sum: f64): void {
  let nl: f64 = 0
  let sl: f64 = 0
  let held = n
  for (; held > 0; held--) {
    const key = column + (<usize>(held - 1) << 4)
    if (load<u16>(key, 2) != MISSING) break
    nl += weightOf<Weighed>(first + load<u16>(key))
    sl += productOf<Weighed>(first + load<u16>(key))
  }
  for (let i: u32 = 0; i + 1 < held; i++) {
    const key = column + (<usize>i << 4)
    nl += weightOf<Weighed>(first + load<u16>(key))
    sl += productOf<Weighed>(first + load<u16>(key))
    const rows = n - held + i + 1
    if (load<u16>(key, 2) == load<u16>(key, 18) || rows < minLeaf || n - rows < minLeaf) continue
    const s = score(nl, sl, weight, sum)
    if (s > bestScore) {
      setBest(s, f, load<u16>(key, 2), load<u16>(key, 18))
      setMissing(GO_LEFT)
      setLeft(nl, sl, 0, rows)
    }
  }
}
