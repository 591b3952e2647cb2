import { drawRows, nextBelow } from './random'
import { drawn, draws, present, presentCount, rows, rowWeight } from './state'

/**
 * Fills `drawn` with the weight of each row in this tree; false when one exceeds a byte, which leaves this tree to the
 * plain engine.
 */
export function drawSamples(): bool {
  let fits = true
  if (draws > 0) {
    if (present == 0) {
      fits = drawRows(drawn, rows, draws)
    } else {
      memory.fill(drawn, 0, rows)
      for (let i: u32 = 0; i < draws; i++) {
        const at = drawn + load<u32>(present + (<usize>nextBelow(presentCount) << 2))
        const count = <u32>load<u8>(at) + 1
        fits = fits && count < 256
        store<u8>(at, <u8>count)
      }
    }
  } else if (present == 0) {
    memory.fill(drawn, 1, rows)
  } else {
    memory.fill(drawn, 0, rows)
    for (let i: u32 = 0; i < presentCount; i++) store<u8>(drawn + load<u32>(present + (<usize>i << 2)), 1)
  }
  if (rowWeight == 0) return fits
  for (let row: usize = 0; row < rows; row++) {
    const at = drawn + row
    const weight = <u32>load<u8>(at) * <u32>load<u8>(rowWeight + row)
    fits = fits && weight < 256
    store<u8>(at, <u8>weight)
  }
  return fits
}
