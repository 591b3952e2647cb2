import { Room } from './kernel-room.ts'

/** Where a block of up to `room` rows lies, behind the forest. */
export interface Block {
  readonly room: number
  readonly rows: number
  readonly tiles: number
  readonly ends: number
  readonly sums: number
  readonly votes: number
  readonly disagreement: number
  readonly rare: number
  readonly end: number
}

export function layOutBlock(start: number, count: number, features: number, columns: number, outputs: number): Block {
  const room = new Room(start)
  const rounded = Math.ceil(count / 8) * 8
  return {
    room: count,
    rows: room.take(4 * count * features),
    tiles: room.take(4 * rounded * columns),
    ends: room.take(4 * rounded),
    sums: room.take(8 * count * outputs),
    votes: room.take(count * Math.max(4 * outputs, 24)),
    disagreement: room.take(8 * count),
    rare: room.take(8 * count),
    end: room.end,
  }
}
