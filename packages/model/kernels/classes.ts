import { startOrder } from './draw'
import { growMany } from './many'
import { endTree, startTree } from './nodes'
import { startPath } from './path'
import { seedRandom } from './random'
import { drawSamples } from './sample'
import { classes, drawn, features, importances, rows, samples, stack, stride, target } from './state'
import { growTwo } from './two'

export function growClasses(state: u64, stream: u64): void {
  seedRandom(state, stream)
  startTree()
  startOrder()
  memory.fill(importances, 0, (<usize>features) << 3)
  drawSamples()
  startPath()
  if (classes > 2) growMany(samples, collectMany())
  else growTwoClasses()
  endTree()
}

function collectMany(): usize {
  let out = samples
  let offset: u32 = 0
  for (let row: usize = 0; row < rows; row++, offset += stride) {
    const weight = <u32>load<u8>(drawn + row)
    const pay = (weight << 16) | load<u16>(target + (row << 1))
    store<u64>(out, <u64>offset | ((<u64>pay) << 32))
    out += (<usize>(weight != 0)) << 3
  }
  return out
}

function growTwoClasses(): void {
  let out = samples
  let c0: u32 = 0
  let c1: u32 = 0
  let offset: u32 = 0
  for (let row: usize = 0; row < rows; row++, offset += stride) {
    const weight = <u32>load<u8>(drawn + row)
    const second = <u32>load<u16>(target + (row << 1))
    const pay = weight << (second << 4)
    store<u64>(out, <u64>offset | ((<u64>pay) << 32))
    out += (<usize>(weight != 0)) << 3
    c0 += pay & 0xffff
    c1 += pay >> 16
  }
  growTwo(samples, out, c0, c1, 0, 1, 0, stack)
}
