import { execFileSync } from 'node:child_process'
import t from 'tap'

const MODULE = new URL('../src/heap.ts', import.meta.url).href

/**
 * MB of a half of the young generation, the median, and of the old one, the most, while a process with some 20 MB that live
 * on makes objects of which the last `kept` live.
 */
function heapOf(held: boolean, kept: number, flags: readonly string[] = []): { half: number; old: number } {
  const code = `
    import { getHeapSpaceStatistics } from 'node:v8'
    import { setImmediate as turn } from 'node:timers/promises'
    const heap = ${held} ? await import('${MODULE}') : undefined
    heap?.keepHeapSmall()
    const loaded = Array.from({ length: 300_000 }, (_, i) => ({ i, name: 'n' + i }))
    gc()
    heap?.growYoungGeneration()
    const halves = []
    let old = 0
    const last = new Array(${kept})
    for (let at = 0, i = 0; i < 1500; i++) {
      for (let k = 0; k < 1000; k++, at = (at + 1) % ${kept}) last[at] = new Array(20).fill(k)
      await turn()
      const space = (name) => getHeapSpaceStatistics().find(({ space_name }) => space_name === name)
      const young = space('new_space')
      halves.push((young.space_used_size + young.space_available_size) / 2 ** 20)
      old = Math.max(old, space('old_space').space_size / 2 ** 20)
    }
    const half = halves.sort((a, b) => a - b)[halves.length >> 1]
    console.log(JSON.stringify({ half, old, loaded: loaded.length }))`
  const node = ['--expose-gc', ...flags, '--input-type=module', '--eval', code]
  return JSON.parse(execFileSync(process.execPath, node, { encoding: 'utf8' }))
}

t.test('a half of the young generation grows to 4 MB', async (t) => {
  const held = heapOf(true, 20_000)
  const free = heapOf(false, 20_000)
  // While the old generation is marked V8 lets it grow for a moment.
  t.ok(held.half > 3.5 && held.half < 0.5 * free.half, `${held.half} MB, ${free.half} MB without`)
})

t.test('what became old and died is collected before there is much of it', async (t) => {
  const held = heapOf(true, 50_000)
  // As much grows old in both.
  const free = heapOf(false, 50_000, ['--min-semi-space-size=4', '--max-semi-space-size=4'])
  t.ok(held.old < 0.75 * free.old, `${held.old} MB, ${free.old} MB without`)
})
