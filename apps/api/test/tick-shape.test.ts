import { execFileSync } from 'node:child_process'
import t from 'tap'

const MODULE = new URL('../src/tick-shape.ts', import.meta.url).href

/** What V8 has learnt of the keys of ticks, after full collections of a process at rest. */
function learnt(hold: boolean): string[] {
  const code = `
    import { setTimeout as sleep } from 'node:timers/promises'
    if (${hold}) (await import('${MODULE}')).holdTickShape()
    async function ticks() { for (let i = 0; i < 200; i++) { process.nextTick(() => {}); await sleep(0) } }
    await ticks()
    for (let i = 0; i < 10; i++) { gc(); await sleep(1) }
    await ticks()
    const slots = new Function('return %GetFeedback(process.nextTick)')()
    console.log(JSON.stringify(slots.filter(([kind]) => kind === 'DefineKeyedOwnPropertyInLiteral').map(([, state]) => state)))`
  const flags = ['--expose-gc', '--allow-natives-syntax', '--input-type=module', '--eval', code]
  return JSON.parse(execFileSync(process.execPath, flags, { encoding: 'utf8' }))
}

t.test('ticks keep the one shape that V8 has learnt', async (t) => {
  const states = learnt(true)
  t.ok(states.length > 0)
  t.strictSame(new Set(states), new Set(['MONOMORPHIC']))
})

t.test('without it they lose it; where they do not, nothing needs to be held', async (t) => {
  t.ok(learnt(false).includes('MEGAMORPHIC'))
})
