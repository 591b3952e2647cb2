import { Counter, Layout, type Reference } from '@copse/monitoring'
import fc from 'fast-check'
import t from 'tap'
import { Signals } from '../../src/monitoring/signals.ts'
import { irisForest } from '../bundle.ts'
import { drawn, irisFacts } from './facts.ts'

const { reference } = irisFacts()
const MOST = 64

/** Signals of Iris by a clock that a row moves by `rowMs`, and what they counted. */
function signals({ rowMs = 0, of = reference as Reference } = {}) {
  const layout = new Layout(of)
  const cells = new Float64Array(layout.cells)
  const forest = irisForest()
  const state = { now: 0, measuredMs: 0, walks: 0 }
  const watched = {
    predictSignalsInto(...[input, into]: Parameters<typeof forest.predictSignalsInto>) {
      state.walks++
      const ms = rowMs * into.disagreement.length
      state.now += ms
      state.measuredMs += ms
      forest.predictSignalsInto(input, into)
    },
  }
  const counting = new Signals(watched, layout, MOST, () => state.now)
  const counter = new Counter(layout)
  return {
    state,
    cells,
    count(rows: readonly (readonly number[])[]) {
      const input = Float32Array.from(rows.flat())
      counting.count(counter, cells, input, { rows: rows.length, ...answersOf(input, rows.length) })
    },
    cell(name: string, at: 'missing' | 'bins'): number {
      const { start, bins } = layout.series.find((series) => series.name === name)!
      return at === 'missing' ? cells[start + bins]! : cells.slice(start, start + bins).reduce((a, b) => a + b)
    },
  }
}

function answersOf(input: Float32Array, rows: number) {
  const outputs = new Float64Array(rows * 3)
  const classIds = new Uint16Array(rows)
  irisForest().predictInto(input, outputs)
  irisForest().predictClassesInto(input, classIds)
  return { outputs, classIds }
}

/** What a counter makes of the rows, all of them measured. */
function exactly(rows: readonly (readonly number[])[]): Float64Array {
  const layout = new Layout(reference)
  const cells = new Float64Array(layout.cells)
  const input = Float32Array.from(rows.flat())
  const own = { disagreement: new Float64Array(rows.length), rareShare: new Float64Array(rows.length) }
  irisForest().predictSignalsInto(input, { answers: new Float64Array(rows.length * 3), ...own })
  new Counter(layout).add(cells, input, { rows: rows.length, ...answersOf(input, rows.length), ...own })
  return cells
}

t.test('where a walk costs no time every row but those of the first guess is measured', async (t) => {
  const made = signals()
  const rows = drawn(60, 1)
  made.count(rows.slice(0, 8))
  t.strictSame([...made.cells], [...exactly(rows.slice(0, 8))])
  made.count(rows.slice(8, 12))
  t.strictSame([...made.cells], [...exactly(rows.slice(0, 12))])
})

t.test('the first look measures eight rows, to learn what one takes', async (t) => {
  const made = signals({ rowMs: 1 })
  made.count(drawn(60, 1))
  t.equal(made.cell('disagreement', 'bins'), 8)
  t.equal(made.cell('disagreement', 'missing'), 52)
})

t.test('what is saved is spent on as many rows as it pays for, then none until there is time again', async (t) => {
  const made = signals({ rowMs: 5 })
  made.count(drawn(8, 1))
  t.equal(made.state.walks, 1, '40 of the 50 ms that a start may spend')
  made.count(drawn(30, 2))
  t.equal(made.cell('disagreement', 'bins'), 11, 'two rows for the 10 ms left, and one for what has passed')
  made.count(drawn(30, 3))
  t.equal(made.state.walks, 2, 'nothing is left')
  t.equal(made.cell('disagreement', 'missing'), 57)
  made.state.now += 1000
  made.count(drawn(30, 4))
  t.equal(made.cell('disagreement', 'bins') - 11, 2, 'a second later one percent of it')
})

t.test(
  'whatever comes when: no row is lost, answers and features are those of all rows, the time is kept',
  async () => {
    const step = fc.record({ rows: fc.integer({ min: 1, max: MOST }), waitMs: fc.integer({ min: 0, max: 2000 }) })
    await fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 20 }),
        fc.double({ min: 0.01, max: 20, noNaN: true }),
        (steps, rowMs) => {
          const made = signals({ rowMs })
          const all: number[][] = []
          for (const [index, { rows, waitMs }] of steps.entries()) {
            made.state.now += waitMs
            const next = drawn(rows, index)
            all.push(...next)
            made.count(next)
          }
          const layout = new Layout(reference)
          const ofSignals = layout.series.find(({ role }) => role === 'signal')!.start
          const expected = exactly(all)
          for (let cell = 0; cell < ofSignals; cell++) {
            if (made.cells[cell] !== expected[cell]) throw new Error(`cell ${cell} is ${made.cells[cell]}`)
          }
          const counted = made.cell('disagreement', 'bins') + made.cell('disagreement', 'missing')
          if (counted !== all.length) throw new Error(`${counted} of ${all.length} rows`)
          // A walk takes no more than what was saved and one row, but for the first guess.
          const allowed = 50 + made.state.now * 0.01 + rowMs * (made.state.walks + 8)
          if (made.state.measuredMs > allowed) throw new Error(`${made.state.measuredMs} ms of ${allowed}`)
        },
      ),
      { numRuns: 60 },
    )
  },
)

t.test('a reference without signals asks for no walk', async (t) => {
  const made = signals({ of: { ...reference, signals: null } })
  made.count(drawn(20, 1))
  t.equal(made.state.walks, 0)
  t.equal(made.cells[0], 20)
})
