import fc from 'fast-check'
import t from 'tap'
import { DOUBLE, PLAIN, SINGLE, SUMS } from '../src/criterion.ts'
import { meanOf, measure, SMALL } from '../src/measure.ts'
import { nodeOf, planOf, tableOf } from './training-tables.ts'

const rowsOf = (target: readonly unknown[]) => target.map((_, row) => [row])

t.test('a node is weighed by class, and its classes are numbered as they come, two of them in order', async (t) => {
  const problems = fc.record({
    target: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 30 }),
    weights: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 30, maxLength: 30 }),
    start: fc.nat(),
    size: fc.nat(),
  })
  fc.assert(
    fc.property(problems, ({ target, weights, start, size }) => {
      const first = start % target.length
      const end = first + 1 + (size % (target.length - first))
      const table = tableOf(rowsOf(target), target, { classes: 5, weights: weights.slice(0, target.length) })
      const { node, workspace } = nodeOf(table, {}, first, end)
      const inside = target.slice(first, end).map((of, i) => ({ of, weight: weights[first + i] }))
      const expected = new Map<number, number>()
      for (const { of, weight } of inside) expected.set(of, (expected.get(of) ?? 0) + weight)
      const classes = [...expected.keys()]
      if (classes.length === 2) classes.sort((a, b) => a - b)
      return (
        node.start === first &&
        node.end === end &&
        node.classes === classes.length &&
        node.pure === (classes.length === 1) &&
        node.weight === inside.reduce((sum, { weight }) => sum + weight, 0) &&
        classes.every((of, c) => workspace.classAt[c] === of && workspace.classNumber[of] === c) &&
        classes.every((of, c) => workspace.total[c] === expected.get(of)) &&
        workspace.classWeight.every((weight) => weight === 0)
      )
    }),
    { numRuns: 200 },
  )
  t.pass()
})

t.test('a node of numbers is pure when they are all one, and its mean is then exactly that', async (t) => {
  const target = [0.1, 0.1, 0.1, 0.7, 0.1]
  const table = tableOf(rowsOf(target), target, { weights: [1, 2, 3, 4, 5] })
  const { plan, workspace, node } = nodeOf(table, {}, 0, 3)
  t.same([node.pure, node.weight, node.classes, meanOf(workspace, node)], [true, 6, 0, 0.1])
  measure(plan, workspace, node, 2, 5)
  t.same([node.pure, node.weight], [false, 12])
  t.ok(Math.abs(meanOf(workspace, node) - (0.3 + 2.8 + 0.5) / 12) < 1e-15)
  measure(plan, workspace, node, 3, 4)
  t.same([node.pure, node.weight], [true, 4])
})

t.test('two classes sum the weight of the second of them', async (t) => {
  const table = tableOf(rowsOf([3, 1, 1, 3]), [3, 1, 1, 3], { classes: 4, weights: [2, 3, 4, 5] })
  const { node, workspace } = nodeOf(table, {}, 1)
  t.same([...workspace.second.subarray(0, 3)], [0, 0, 5])
  t.match(node, { second: 5, weight: 12, form: SINGLE, pair: { first: 1, second: 1 } })
  t.equal(nodeOf(table, { criterion: 'entropy' }).node.form, PLAIN)
  const apart = nodeOf(tableOf(rowsOf([0, 1]), [0, 1], { classes: 2 }), { classWeight: { c0: 1, c1: 1.5 } }).node
  t.match(apart, { weight: 5, second: 3, form: SINGLE, pair: { first: 2, second: 3 } }, 'class weights kept apart')
  const fractional = tableOf(rowsOf([0, 1, 1]), [0, 1, 1], { classes: 2, weights: [0.3, 0.6, 0.1] })
  t.equal(nodeOf(fractional).node.form, SUMS, 'fractional weights of rows')
  t.equal(nodeOf(fractional, { criterion: 'entropy' }).node.form, PLAIN)
})

t.test('more classes are local numbers, and fractional weights whole units whose squares sum exactly', async (t) => {
  const whole = nodeOf(tableOf(rowsOf([4, 0, 2, 0]), [4, 0, 2, 0], { classes: 5, weights: [1, 2, 3, 4] })).workspace
  t.same([...whole.local], [0, 1, 2, 1])
  t.same([...whole.units], [1, 2, 3, 4])
  const weights = fc.array(fc.double({ min: 1e-9, max: 1e3, noNaN: true }), { minLength: 3, maxLength: 40 })
  fc.assert(
    fc.property(weights, (list) => {
      const target = list.map((_, row) => row % 3)
      const { workspace, node } = nodeOf(
        tableOf(rowsOf(list), target, { classes: 3, weights: [...list, 0.5].slice(0, list.length) }),
      )
      const { units, total } = workspace
      const sum = list.reduce((a, b) => a + b)
      // Each weight is off by one unit at most, where it would be lost; the whole by that many.
      return (
        units.every((unit) => Number.isInteger(unit) && unit >= 1) &&
        node.weight === units.reduce((a, b) => a + b) &&
        node.weight < 2 ** 26 &&
        [0, 1, 2].every((c) => total[c] === units.filter((_, i) => i % 3 === c).reduce((a, b) => a + b, 0)) &&
        list.every((weight, i) => {
          const exact = (weight / sum) * node.weight
          return Math.abs(units[i] - exact) <= 1 + (list.length * exact) / node.weight
        })
      )
    }),
    { numRuns: 200 },
  )
})

t.test(
  'numbers are whole, sum to the same in any order, and stay in the ratio of their distance from the mean',
  async (t) => {
    for (const [rows, weights, form] of [
      [SMALL, undefined, SINGLE],
      [SMALL + 1, undefined, DOUBLE],
      [50, 'fractional', SUMS],
    ] as const) {
      const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: rows, maxLength: rows })
      fc.assert(
        fc.property(values, (target) => {
          fc.pre(new Set(target).size > 1)
          const weightOf = target.map((_, row) => (weights ? 0.1 + (row % 7) / 3 : 1))
          // Two samples of another node come before.
          const all = [7, -7, ...target]
          const table = tableOf(rowsOf(all), all, weights ? { weights: [0.5, 3, ...weightOf] } : {})
          const { node, workspace } = nodeOf(table, {}, 2)
          const second = [...workspace.second.subarray(0, rows)]
          const size = second.reduce((sum, each) => sum + Math.abs(each), 0)
          const sum = second.reduce((a, b) => a + b)
          const least = Math.min(...target)
          const most = Math.max(...target)
          fc.pre(most - least > 1e-3)
          // The difference of two samples a unit of weight, per distance of their values, is the same for any two.
          const low = target.indexOf(least)
          const high = target.indexOf(most)
          const unit = (second[high] / weightOf[high] - second[low] / weightOf[low]) / (most - least)
          return (
            node.form === form &&
            node.second === sum &&
            (form !== SINGLE || Math.abs(sum) <= rows) &&
            second.every(Number.isInteger) &&
            size < (form === SINGLE ? 2 ** 30 : 2 ** 53) &&
            second.every((each, i) => {
              const expected = weightOf[i] * (second[low] / weightOf[low] + (target[i] - least) * unit)
              return Math.abs(each - expected) <= 4 * Math.max(1, weightOf[i] / Math.min(...weightOf)) + 1e-9 * size
            })
          )
        }),
        { numRuns: 40 },
      )
      t.pass(`${rows} rows`)
    }
  },
)

t.test('numbers too far apart for one unit a tree are brought near the mean of the node', async (t) => {
  const target = [1e300, 3, 4, 5]
  const { node, workspace } = nodeOf(tableOf(rowsOf(target), target), {}, 1)
  t.equal(planOf(tableOf(rowsOf(target), target)).fixed, undefined)
  t.equal(node.form, PLAIN)
  const { second } = workspace
  t.same([second[0] + second[2], second[1]], [0, 0])
  t.ok(second[2] > 2 ** 49 && Number.isInteger(second[2]))
  t.equal(second[2] ** 2 * node.gainUnit, 1, 'a unit of gain is that of the squares of values')
})
