import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import t from 'tap'
import { HandOvers } from '../../src/cluster/hand-overs.ts'

/** Whether a promise is fulfilled by now. */
async function isDone(promise: Promise<void>): Promise<boolean> {
  let done = false
  void promise.then(() => {
    done = true
  })
  await sleep(0)
  return done
}

t.test('waits for every process that was asked', async (t) => {
  const rounds: number[] = []
  const handOvers = new HandOvers((round) => {
    rounds.push(round)
    return [1, 2]
  })
  const all = handOvers.all()
  t.strictSame(rounds, [1])
  handOvers.done(1, 1)
  t.notOk(await isDone(all))
  handOvers.done(1, 1)
  t.notOk(await isDone(all), 'one process twice is not two')
  handOvers.done(2, 1)
  await all
})

t.test('nobody to ask is nothing to wait for', async () => {
  await new HandOvers(() => []).all()
})

t.test('a process that ends hands nothing over any more', async () => {
  const handOvers = new HandOvers(() => [1, 2])
  const all = handOvers.all()
  handOvers.done(2, 1)
  handOvers.gone(1)
  await all
})

t.test('a process that hangs is given up, and its late answer counts for no other round', async (t) => {
  const handOvers = new HandOvers(() => [1], 20)
  await handOvers.all()
  const next = handOvers.all()
  handOvers.done(1, 1)
  t.notOk(await isDone(next))
  handOvers.done(1, 2)
  await next
})

t.test('a call gets a round that began after it, and shares it', async (t) => {
  let rounds = 0
  const handOvers = new HandOvers((round) => {
    rounds = round
    return [1]
  })
  const first = handOvers.all()
  const [second, third] = [handOvers.all(), handOvers.all()]
  t.equal(rounds, 1)
  handOvers.done(1, 1)
  await first
  t.notOk(await isDone(second))
  t.equal(rounds, 2)
  handOvers.done(1, 2)
  await Promise.all([second, third])
  t.equal(rounds, 2)
})

t.test(
  'whatever comes in whatever order: no call returns before all that was predicted before it is handed over',
  async () => {
    const call = fc.constant({ kind: 'call' } as const)
    const tell = fc.record({ kind: fc.constant('tell' as const), process: fc.integer({ min: 1, max: 3 }) })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(call, tell), { maxLength: 40 }), async (steps) => {
        // Each process answers its rounds in their order, as messages of one channel come.
        const asked = new Map<number, number[]>([1, 2, 3].map((process) => [process, []]))
        /** Calls that each process has heard of when it hands over. */
        const heard = new Map<number, number>([1, 2, 3].map((process) => [process, 0]))
        const heardAt = new Map<number, number>()
        let calls = 0
        let returned = 0
        const handOvers = new HandOvers((round) => {
          heardAt.set(round, calls)
          for (const rounds of asked.values()) rounds.push(round)
          return asked.keys()
        }, 60_000)
        async function tellOne(process: number): Promise<void> {
          const round = asked.get(process)!.shift()
          if (round === undefined) return
          heard.set(process, heardAt.get(round)!)
          handOvers.done(process, round)
          await sleep(0)
        }
        const waiting: Promise<void>[] = []
        for (const step of steps) {
          if (step.kind === 'tell') await tellOne(step.process)
          else {
            const own = ++calls
            waiting.push(
              handOvers.all().then(() => {
                returned++
                for (const known of heard.values()) if (known < own) throw new Error(`call ${own} returned too soon`)
              }),
            )
          }
        }
        while (returned < calls) for (const process of asked.keys()) await tellOne(process)
        await Promise.all(waiting)
      }),
      { numRuns: 100 },
    )
  },
)
