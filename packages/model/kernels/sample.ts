import { drawRows, nextBelow } from './random'
import { drawn, draws, present, presentCount, rows, rowWeight } from './state'

/** Fills `drawn` with the weight of each row in this tree (at most 255; the caller sees to whole weights that fit). */
export function drawSamples(): void {
  if (draws > 0) {
    if (present == 0) {
      drawRows(drawn, rows, draws)
    } else {
      memory.fill(drawn, 0, rows)
      for (let i: u32 = 0; i < draws; i++) {
        const at = drawn + load<u32>(present + ((<usize>nextBelow(presentCount)) << 2))
        store<u8>(at, load<u8>(at) + 1)
      }
    }
  } else if (present == 0) {
    memory.fill(drawn, 1, rows)
  } else {
    memory.fill(drawn, 0, rows)
    for (let i: u32 = 0; i < presentCount; i++) store<u8>(drawn + load<u32>(present + ((<usize>i) << 2)), 1)
  }
  if (rowWeight == 0) return
  for (let row: usize = 0; row < rows; row++) {
    const at = drawn + row
    store<u8>(at, load<u8>(at) * load<u8>(rowWeight + row))
  }
}
