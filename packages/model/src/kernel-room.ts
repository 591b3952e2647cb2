/** Hands out places in a memory, one after another, each from the next cache line. */
export class Room {
  /** Bytes that may be left out before a place, exclusive. */
  static readonly MOST_GAP = 64
  end: number

  constructor(start: number) {
    this.end = start
  }

  take(bytes: number): number {
    const start = Math.ceil(this.end / Room.MOST_GAP) * Room.MOST_GAP
    this.end = start + bytes
    return start
  }
}
