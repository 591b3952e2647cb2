/** Up to here insertion sort is faster than two passes of radix sort. */
const FEW = 40

/**
 * Sorts the first n of 32-bit keys whose upper 16 bits are at most `max` and whose lower 16 bits ascend already.
 *
 * @param digits scratch of at least 256 entries.
 * @returns the one of the two arrays that holds the sorted keys; both are written.
 */
export function sortKeys(
  keys: Uint32Array,
  spare: Uint32Array,
  digits: Uint32Array,
  n: number,
  max: number,
): Uint32Array {
  if (n <= FEW) {
    insertionSort(keys, n)
    return keys
  }
  const bits = 32 - Math.clz32(max)
  const half = (bits + 1) >> 1
  radixPass(keys, spare, digits, n, 16, half)
  radixPass(spare, keys, digits, n, 16 + half, half)
  return keys
}

function insertionSort(keys: Uint32Array, n: number): void {
  for (let i = 1; i < n; i++) {
    const key = keys[i]
    let j = i - 1
    while (j >= 0 && keys[j] > key) {
      keys[j + 1] = keys[j]
      j--
    }
    keys[j + 1] = key
  }
}

function radixPass(
  from: Uint32Array,
  to: Uint32Array,
  digits: Uint32Array,
  n: number,
  shift: number,
  bits: number,
): void {
  const mask = (1 << bits) - 1
  digits.fill(0, 0, mask + 1)
  for (let i = 0; i < n; i++) digits[(from[i] >>> shift) & mask]++
  for (let digit = 0, sum = 0; digit <= mask; digit++) {
    const count = digits[digit]
    digits[digit] = sum
    sum += count
  }
  for (let i = 0; i < n; i++) to[digits[(from[i] >>> shift) & mask]++] = from[i]
}
