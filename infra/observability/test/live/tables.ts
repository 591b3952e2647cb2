/** Orders, of which some arrive late: three features of numbers, one of them now and then missing, and a category. */
export interface Order {
  readonly features: { weight: number | null; distance: number; hour: number; kind: string }
  readonly late: 'yes' | 'no'
  readonly days: number
}

/** Uniform numbers in [0, 1), the same for the same seed (mulberry32). */
export function uniform(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), 1 | state)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return ((bits ^ (bits >>> 14)) >>> 0) / 4294967296
  }
}

/** `shift` is added to the distance; everything else stays as it is. */
export function orders(count: number, random: () => number, shift = 0): Order[] {
  return Array.from({ length: count }, () => {
    const weight = random() < 0.05 ? null : Number((2 + 6 * random() * random()).toFixed(2))
    const distance = Number((100 * random() + shift).toFixed(1))
    const hour = Math.floor(24 * random())
    const kind = ['book', 'food', 'tool'][Math.floor(3 * random() * random())]!
    const days = distance / 25 + (weight ?? 4) / 4 + (kind === 'food' ? -1 : 0) + random()
    return { features: { weight, distance, hour, kind }, late: days > 3 ? 'yes' : 'no', days: Number(days.toFixed(3)) }
  })
}

/** A CSV of the features and one target. */
export function csv(rows: readonly Order[], target: 'late' | 'days'): string {
  const lines = rows.map(({ features: { weight, distance, hour, kind }, ...answers }) =>
    [weight ?? '', distance, hour, kind, answers[target]].join(','),
  )
  return `weight,distance,hour,kind,${target}\n${lines.join('\n')}\n`
}
