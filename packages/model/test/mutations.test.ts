import t from 'tap'
import { mutate, mutationSeeds } from './mutate.ts'
import { outcome } from './mutate-outcome.ts'
import { randomNumbers } from './tables.ts'

t.test('a mutated file is refused with a code, or holds a forest that answers', async (t) => {
  const random = randomNumbers(20261123)
  const seeds = mutationSeeds()
  const outcomes = { plain: new Map<string, number>(), repaired: new Map<string, number>() }
  for (let i = 0; i < 20_000; i++) {
    const repair = i % 2 === 0
    const file = seeds[Math.floor(random() * seeds.length)]
    const bytes = mutate(file, random, repair)
    const counts = repair ? outcomes.repaired : outcomes.plain
    const same = Buffer.compare(bytes, file) === 0
    const result = same ? 'same' : outcome(bytes)
    counts.set(result, (counts.get(result) ?? 0) + 1)
  }
  t.equal(outcomes.plain.get('accepted') ?? 0, 0, 'with its old checksum none is accepted')
  t.ok(outcomes.repaired.get('accepted')! > 200, 'with the checksum made right some are')
  t.ok(outcomes.repaired.get('MODEL_ERR_FILE_STRUCTURE')! > 5000, 'and most are refused by the structure')
})
