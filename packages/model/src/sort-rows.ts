/** Sorts the rows of a float32 column by value: radix sort of order-preserving integers, 11 bits a pass; stable. */
export class RowSorter {
  /** Rows by ascending value; rows without a value stand last. */
  order: Uint32Array
  /** Rows that have a value. */
  count = 0
  #spare: Uint32Array
  #keys: Uint32Array
  #spareKeys: Uint32Array

  constructor(rows: number) {
    this.order = new Uint32Array(rows)
    this.#spare = new Uint32Array(rows)
    this.#keys = new Uint32Array(rows)
    this.#spareKeys = new Uint32Array(rows)
  }

  *sort(column: Float32Array): Generator<void, void> {
    this.#load(column)
    yield
    for (let shift = 0; shift < 33; shift += 11) {
      this.#pass(shift)
      yield
    }
  }

  #load(column: Float32Array): void {
    const words = new Uint32Array(column.buffer, column.byteOffset, column.length)
    const { order } = this
    const keys = this.#keys
    let count = 0
    let end = column.length
    for (let row = 0; row < words.length; row++) {
      const word = words[row]
      if ((word & 0x7fffffff) > 0x7f800000) {
        order[--end] = row
      } else {
        // -0 and 0 are one value.
        keys[count] = word === 0x80000000 ? 0x80000000 : word & 0x80000000 ? ~word : word | 0x80000000
        order[count++] = row
      }
    }
    this.count = count
  }

  #pass(shift: number): void {
    const { order, count } = this
    const keys = this.#keys
    const outOrder = this.#spare
    const outKeys = this.#spareKeys
    const next = new Uint32Array(2048)
    for (let i = 0; i < count; i++) next[(keys[i] >>> shift) & 2047]++
    for (let digit = 0, sum = 0; digit < 2048; digit++) {
      const size = next[digit]
      next[digit] = sum
      sum += size
    }
    for (let i = 0; i < count; i++) {
      const to = next[(keys[i] >>> shift) & 2047]++
      outKeys[to] = keys[i]
      outOrder[to] = order[i]
    }
    outOrder.set(order.subarray(count), count)
    this.order = outOrder
    this.#spare = order
    this.#keys = outKeys
    this.#spareKeys = keys
  }
}
