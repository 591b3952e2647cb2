import { parseArgs } from 'node:util'
import { mutate, mutationSeeds } from '../test/mutate.ts'
import { outcome } from '../test/mutate-outcome.ts'
import { randomNumbers } from '../test/tables.ts'

const { values } = parseArgs({
  options: { count: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' } },
})
const count = Number(values.count)
const seed = Number(values.seed)

/** Of so many mutations two are read by both readers of trees, which costs a memory each. */
const COMPARED = 16

/** Mutates forest files until `count` are done; every second one has its checksum made right. A finding throws. */
const random = randomNumbers(seed)
const seeds = mutationSeeds()
const counts = new Map<string, number>()
let slowestMs = 0
const started = performance.now()
for (let i = 0; i < count; i++) {
  const bytes = mutate(seeds[Math.floor(random() * seeds.length)], random, i % 2 === 0)
  const before = performance.now()
  try {
    const result = outcome(bytes, i % COMPARED < 2)
    counts.set(result, (counts.get(result) ?? 0) + 1)
  } catch (error) {
    console.error(`Mutation ${i} of seed ${seed}: ${Buffer.from(bytes).toString('base64')}`)
    throw error
  }
  slowestMs = Math.max(slowestMs, performance.now() - before)
}
const seconds = (performance.now() - started) / 1000
for (const [result, n] of [...counts].sort()) console.log(`${result.padEnd(26)} ${n}`)
console.log(`${count} mutations in ${seconds.toFixed(1)} s, ${Math.round(count / seconds)} a second`)
console.log(`slowest ${slowestMs.toFixed(1)} ms, peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`)
