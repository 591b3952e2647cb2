import fc from 'fast-check'
import t from 'tap'
import { Field } from '../../src/field.ts'
import { Ring, sumInto } from '../../src/window/ring.ts'

const OPTIONS = { subWindows: 3, subWindowMs: 10 }

t.test('sub-windows begin at multiples of their length since 1970, in every process alike', async (t) => {
  const ring = new Ring(1, OPTIONS)
  ring.at(1009)[0]!++
  ring.at(1010)[0]!++
  t.strictSame(
    ring.parts(1010).map(({ from, cells }) => [from, cells[0]]),
    [
      [990, 0],
      [1000, 1],
      [1010, 1],
    ],
  )
})

t.test('what has left the window is in the lifetime and nowhere else', async (t) => {
  const ring = new Ring(1, OPTIONS)
  ring.at(0)[0]!++
  t.equal(ring.total(29)[0], 1)
  t.equal(ring.total(30)[0], 0)
  t.equal(ring.lifetime()[0], 1)
  t.equal(ring.total(1e12)[0], 0, 'however long nothing came')
  t.equal(ring.lifetime()[0], 1)
})

t.test('a clock that steps back adds to the newest sub-window', async (t) => {
  const ring = new Ring(1, OPTIONS)
  ring.at(100)[0]!++
  ring.at(20)[0]!++
  t.equal(ring.parts(100).at(-1)!.cells[0], 2)
})

t.test('options are checked', async (t) => {
  for (const options of [
    { subWindows: 0, subWindowMs: 10 },
    { subWindows: 1.5, subWindowMs: 10 },
    { subWindows: 1001, subWindowMs: 10 },
    { subWindows: 3, subWindowMs: 0 },
    { subWindows: 3, subWindowMs: Number.NaN },
  ]) {
    t.throws(() => new Ring(1, options), { code: 'MONITORING_ERR_OPTION' })
  }
})

const times = fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 60 })

t.test('whatever comes when: the window is that of a list of all, and the lifetime is all', async () => {
  fc.assert(
    fc.property(times, (given) => {
      const ring = new Ring(1, OPTIONS)
      const seen: number[] = []
      let now = 0
      for (const time of given) {
        now = Math.max(now, time)
        seen.push(Math.floor(now / 10))
        ring.at(time)[0]!++
        const newest = Math.floor(now / 10)
        const inside = seen.filter((subWindow) => subWindow > newest - 3).length
        if (ring.total(now)[0] !== inside) return false
      }
      return ring.lifetime()[0] === given.length
    }),
  )
})

t.test('rings of two processes are together as one that saw all, in either order', async () => {
  fc.assert(
    fc.property(times, times, (ours, theirs) => {
      const [one, two, again, all] = Array.from({ length: 4 }, () => new Ring(1, OPTIONS))
      for (const time of ours.toSorted((a, b) => a - b)) one!.at(time)[0]!++
      for (const time of theirs.toSorted((a, b) => a - b)) for (const ring of [two!, again!]) ring.at(time)[0]!++
      for (const time of [...ours, ...theirs].sort((a, b) => a - b)) all!.at(time)[0]!++
      const first = JSON.stringify(one)
      again!.merge(one!)
      one!.merge(two!)
      const now = Math.max(0, ...ours, ...theirs)
      const same = (ring: Ring) =>
        ring.total(now)[0] === all!.total(now)[0] && ring.lifetime()[0] === all!.lifetime()[0]
      return same(one!) && same(again!) && first.length > 0
    }),
  )
})

t.test('a ring goes on from its JSON, in which zeros are left out', async (t) => {
  const ring = new Ring(2, OPTIONS)
  ring.at(5)[0] = 7
  ring.at(25)[1] = 8
  ring.at(39)
  const state = JSON.parse(JSON.stringify(ring))
  t.strictSame(state, { newest: 3, counts: [{ subWindow: 2, cells: [0, 8] }], forgotten: [7, 0] })
  const again = new Ring(2, OPTIONS)
  const fields = new Field(state, '').object(['newest', 'counts', 'forgotten'])
  again.restore(fields, (cells) => cells.items(2, 2, (cell) => cell.number()))
  t.strictSame(JSON.parse(JSON.stringify(again)), state)
  t.strictSame([...again.total(39)], [0, 8])
})

t.test('sub-windows that are not of the window, or not in their order, are refused', async (t) => {
  for (const counts of [
    [{ subWindow: 0, cells: [1] }],
    [{ subWindow: 4, cells: [1] }],
    [
      { subWindow: 3, cells: [1] },
      { subWindow: 2, cells: [1] },
    ],
    [{ subWindow: 3, cells: [1, 2] }],
  ]) {
    const fields = new Field({ newest: 3, counts, forgotten: [0] }, '').object(['newest', 'counts', 'forgotten'])
    const restore = () => new Ring(1, OPTIONS).restore(fields, (cells) => cells.items(1, 1, (cell) => cell.number()))
    t.throws(restore, { code: 'MONITORING_ERR_STRUCTURE' }, JSON.stringify(counts))
  }
})

t.test('memory is what it says, and sums add cell by cell', async (t) => {
  t.equal(new Ring(5, OPTIONS).bytes, 8 * 5 * 4)
  const target = Float64Array.of(1, 2)
  sumInto(target, [3, 4])
  t.strictSame([...target], [4, 6])
})
