/** Hands out places in a memory, one after another, each from the next cache line. */
export class Room {
  end: number

  constructor(start: number) {
    this.end = start
  }

  take(bytes: number): number {
    const start = Math.ceil(this.end / 64) * 64
    this.end = start + bytes
    return start
  }
}
