/**
 * Simulates crashes until the given number is reached, each seed once: `npm run test:crash -- 5000000 [first seed]`. Prints
 * counts and ends with 1 at the first broken promise.
 */
import { type Explored, exploreCrashes } from './explore-crashes.ts'
import { exploreLocks } from './explore-locks.ts'

const [wanted = 1_000_000, first = 1000] = process.argv
  .slice(2)
  .filter((arg) => arg !== '--')
  .map(Number)
const total: Explored = { crashes: 0, recoveries: 0, faults: 0, violations: [] }
const began = performance.now()
let seed = first
for (; total.crashes + total.recoveries < wanted && total.violations.length === 0; seed++) {
  const { crashes, recoveries, faults, violations } = await exploreCrashes({ seed, cuts: 60 })
  total.crashes += crashes
  total.recoveries += recoveries
  total.faults += faults
  total.violations.push(...violations.map((violation) => `seed ${seed}: ${violation}`))
}
const locks = exploreLocks({ seed: first, cuts: 1000 })
total.violations.push(...locks.violations)
const seconds = ((performance.now() - began) / 1000).toFixed(1)
console.log(
  `${total.crashes + total.recoveries} simulated crashes (${total.recoveries} in recovery), ${total.faults} faults, ${seed - first} seeds; locks: ${locks.interleavings} interleavings, ${locks.crashes} crashes; ${seconds} s`,
)
for (const violation of total.violations) console.log(violation)
process.exitCode = total.violations.length === 0 ? 0 : 1
