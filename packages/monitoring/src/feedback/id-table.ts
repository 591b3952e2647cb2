/** Places of the table for each id. */
const LOAD = 2

/**
 * Ids in a ring of fixed size: the newest `capacity` are known, each by a 64-bit hash, so two ids are mistaken for one another
 * about once in 2^64 / capacity look-ups. Open addressing with backward-shift deletion.
 */
export class IdTable {
  readonly capacity: number
  /** Hashes by slot of the ring, two words each; the table holds slot + 1, 0 is empty. */
  readonly #hashes: Uint32Array
  readonly #table: Uint32Array
  readonly #mask: number
  #next = 0
  #size = 0

  constructor(capacity: number) {
    const places = 2 ** Math.ceil(Math.log2(capacity * LOAD))
    this.capacity = capacity
    this.#hashes = new Uint32Array(capacity * 2)
    this.#table = new Uint32Array(places)
    this.#mask = places - 1
  }

  get size(): number {
    return this.#size
  }

  /** The slot that the next `add` will take. */
  get next(): number {
    return this.#next
  }

  /** [size * 2] hashes in the order of the slots. */
  get hashes(): Uint32Array {
    return this.#hashes.subarray(0, this.#size * 2)
  }

  get bytes(): number {
    return this.#hashes.byteLength + this.#table.byteLength
  }

  /** Gives an id the oldest slot; one that is known already keeps its own. */
  add(id: string): number {
    const [low, high] = hashOf(id)
    const known = this.#find(low, high)
    return known === -1 ? this.#put(low, high) : known
  }

  /** The slot of an id, or -1. */
  find(id: string): number {
    const [low, high] = hashOf(id)
    return this.#find(low, high)
  }

  /** Fills an empty table; `next` is the slot that the next id takes. False when the hashes are not of this table. */
  restore(hashes: Uint32Array, next: number): boolean {
    const size = hashes.length / 2
    if (size > this.capacity || (size < this.capacity ? next !== size : next >= this.capacity)) return false
    for (let slot = 0; slot < size; slot++) {
      const [low, high] = [hashes[slot * 2], hashes[slot * 2 + 1]]
      if (this.#find(low, high) !== -1) return false
      this.#put(low, high)
    }
    this.#next = next
    return true
  }

  #put(low: number, high: number): number {
    const slot = this.#next
    if (this.#size === this.capacity) this.#remove(slot)
    else this.#size++
    this.#hashes[slot * 2] = low
    this.#hashes[slot * 2 + 1] = high
    let place = low & this.#mask
    while (this.#table[place] !== 0) place = (place + 1) & this.#mask
    this.#table[place] = slot + 1
    this.#next = slot + 1 === this.capacity ? 0 : slot + 1
    return slot
  }

  #find(low: number, high: number): number {
    for (let place = low & this.#mask; ; place = (place + 1) & this.#mask) {
      const slot = this.#table[place] - 1
      if (slot === -1) return -1
      if (this.#hashes[slot * 2] === low && this.#hashes[slot * 2 + 1] === high) return slot
    }
  }

  #remove(slot: number): void {
    const mask = this.#mask
    let hole = this.#hashes[slot * 2] & mask
    while (this.#table[hole] !== slot + 1) hole = (hole + 1) & mask
    // Whoever comes after the hole and was sent past it moves back into it.
    for (let place = (hole + 1) & mask; this.#table[place] !== 0; place = (place + 1) & mask) {
      const home = this.#hashes[(this.#table[place] - 1) * 2] & mask
      if (((place - home) & mask) < ((place - hole) & mask)) continue
      this.#table[hole] = this.#table[place]
      hole = place
    }
    this.#table[hole] = 0
  }
}

/** Two FNV-like hashes of the UTF-16 code units with different multipliers, each mixed at the end. */
function hashOf(id: string): [number, number] {
  let low = 0x811c9dc5
  let high = 0x9747b28c
  for (let at = 0; at < id.length; at++) {
    const unit = id.charCodeAt(at)
    low = Math.imul(low ^ unit, 0x01000193)
    high = Math.imul(high ^ unit, 0x5bd1e995)
    high ^= high >>> 15
  }
  return [mix(low), mix(high ^ low)]
}

function mix(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  const again = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (again ^ (again >>> 16)) >>> 0
}
