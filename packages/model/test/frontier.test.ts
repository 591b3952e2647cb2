import fc from 'fast-check'
import t from 'tap'
import { Frontier, type Plot } from '../src/frontier.ts'

t.test('the greatest gain is taken first, of equal ones the first added', async (t) => {
  const steps = fc.array(fc.option(fc.integer({ min: 0, max: 9 })), { maxLength: 60 })
  fc.assert(
    fc.property(steps, (steps) => {
      const frontier = new Frontier()
      const waiting: Plot[] = []
      for (const [depth, gain] of steps.entries()) {
        if (gain !== null) {
          const plot = { start: 0, end: 1, depth, gain }
          frontier.add(plot)
          waiting.push(plot)
          continue
        }
        const best = waiting.toSorted((a, b) => b.gain - a.gain || a.depth - b.depth).at(0)
        if (frontier.takeBest() !== best) return false
        waiting.splice(waiting.indexOf(best as Plot), best ? 1 : 0)
      }
      return true
    }),
    { numRuns: 500 },
  )
  t.pass('whatever was added and taken before')
})
