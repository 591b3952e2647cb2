/** Above, a call of the platform's function pays. */
const FEW: usize = 512

/** Copies whole words of 8 bytes. */
export function copyWords(to: usize, from: usize, bytes: usize): void {
  if (bytes > FEW) {
    memory.copy(to, from, bytes)
    return
  }
  let i: usize = 0
  for (; i + 16 <= bytes; i += 16) v128.store(to + i, v128.load(from + i))
  if (i < bytes) store<u64>(to + i, load<u64>(from + i))
}

/** Clears at least so many bytes, up to the next 16. */
export function clearBytes(at: usize, bytes: usize): void {
  if (bytes > FEW) {
    memory.fill(at, 0, bytes)
    return
  }
  for (let i: usize = 0; i < bytes; i += 16) v128.store(at + i, i32x4.splat(0))
}
