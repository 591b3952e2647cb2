import t from 'tap'
import { atOnce } from '../src/at-once.ts'
import { CELLS } from '../src/kernel-encoder.ts'
import { type WrittenPlan, writePlan } from '../src/kernel-plan.ts'
import type { Plan } from '../src/plan.ts'
import { planOf, tableOf } from './training-tables.ts'

const CELLS_OF_ROWS = [
  [1.5, 0],
  [2.5, 2],
  [null, 1],
  [4.5, 2],
]

t.test('fields say how much there is, and where', async (t) => {
  const table = tableOf(CELLS_OF_ROWS, [0, 2, 1, 2], { classes: 3, levels: { 1: 3 }, weights: [1, 0, 2, 3] })
  const plan = alone(planOf(table, { maxLeafNodes: 2, maxFeatures: 2 }))
  const written = atOnce(writePlan(plan))
  const words = fieldsOf(written)
  t.equal(words[0], 4, 'rows')
  t.equal(words[1], 2, 'columns')
  t.equal(words[2], 2 * plan.stride, 'bytes of a row')
  t.equal(words[3], CELLS)
  t.same(read(written, Uint16Array, words[3], plan.codes.length), plan.codes)
  t.same(read(written, Uint16Array, words[4], 4), plan.target)
  t.equal(words[5], 3, 'classes')
  t.same(read(written, Uint8Array, words[6], 4), Uint8Array.of(1, 0, 2, 3), 'weights')
  t.same(read(written, Uint32Array, words[7], words[8]), Uint32Array.of(0, 2, 3), 'rows that weigh something')
  t.equal(words[10], 2, 'features drawn')
  t.equal(words[13], 0x7fff_ffff, 'no limit of depth')
  t.same(read(written, Uint32Array, words[16], 2), Uint32Array.from(written.low))
  t.same(read(written, Uint32Array, words[17], 2), Uint32Array.from(written.high))
  t.same(read(written, Float32Array, written.low[0], plan.columns[0].low.length), plan.columns[0].low)
  t.same(read(written, Uint8Array, words[29], 2), Uint8Array.of(1, 0), 'columns with missing values')
  t.same(read(written, Uint32Array, words[31], 2), Uint32Array.of(0, 3), 'levels')
  t.equal(words[42], 2, 'leaves')
})

t.test('of numbers the target, of random cuts the values', async (t) => {
  const table = tableOf(CELLS_OF_ROWS, [0.5, 2, 1, -2], { levels: { 1: 3 } })
  const plan = alone(planOf(table, { splitter: 'random' }))
  const written = atOnce(writePlan(plan))
  const words = fieldsOf(written)
  t.same([words[3], words[4], words[5]], [0, 0, 0], 'neither codes nor classes')
  t.same(read(written, Float64Array, words[18], 4), plan.target)
  t.equal(words[28], CELLS)
  t.same(read(written, Float32Array, words[28], plan.values?.length ?? 0), plan.values)
})

t.test('arrays start at multiples of 64 and end before the workspaces do', async (t) => {
  const plan = alone(planOf(tableOf(CELLS_OF_ROWS, [0, 1, 1, 0], { classes: 2, levels: { 1: 3 } })))
  const written = atOnce(writePlan(plan))
  const places = [written.plan, written.end, ...written.low, ...written.high]
  t.ok(
    places.every((at) => at % 64 === 0 && at >= CELLS && at <= written.end),
    `${places}`,
  )
})

t.test('a memory that holds the cells already is kept, and is as new but for them', async (t) => {
  const plan = alone(planOf(tableOf(CELLS_OF_ROWS, [0, 1, 1, 0], { classes: 2, levels: { 1: 3 } })))
  const fresh = atOnce(writePlan(plan))
  const memory = new WebAssembly.Memory({ initial: 3, maximum: 65536, shared: true })
  const bytes = new Uint8Array(memory.buffer)
  bytes.fill(0xff, CELLS)
  new Uint16Array(memory.buffer, CELLS).set(plan.codes)
  const written = atOnce(writePlan({ ...plan, memory }))
  t.equal(written.memory, memory)
  t.same({ ...written, memory: undefined }, { ...fresh, memory: undefined })
  const behind = CELLS + plan.codes.byteLength
  const wordsEnd = Math.ceil(behind / 64) * 64
  t.same(bytes.slice(CELLS, behind), new Uint8Array(fresh.memory.buffer).slice(CELLS, behind))
  t.same(bytes.slice(wordsEnd, fresh.end), new Uint8Array(fresh.memory.buffer).slice(wordsEnd, fresh.end))
  t.ok(
    bytes.subarray(fresh.end).every((byte) => byte === 0),
    'zeros behind the plan',
  )
})

t.test('a plan is copied between pauses', async (t) => {
  const rows = 600_000
  const column = Float32Array.from({ length: rows }, (_, row) => row % 1000)
  const table = { ...tableOf([[0]], [0]), rows, columns: [column], target: Float64Array.from(column) }
  t.ok([...writePlan(alone(planOf(table)))].length >= 1, 'its target takes 4.8 MB')
})

/** As where the cells are in no kernel's memory yet. */
function alone(plan: Plan): Plan {
  return { ...plan, memory: undefined }
}

function fieldsOf(written: WrittenPlan): Uint32Array {
  return read(written, Uint32Array, written.plan, 44)
}

function read<T extends ArrayBufferView>(
  { memory }: WrittenPlan,
  View: new (buffer: ArrayBufferLike, at: number, length: number) => T,
  at: number,
  length: number,
): T {
  return new View(memory.buffer, at, length)
}
