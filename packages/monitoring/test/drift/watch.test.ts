import fc from 'fast-check'
import t from 'tap'
import { buildReference, type DriftCheck, type DriftLevel, DriftWatch, type SeriesCheck } from '../../src/index.ts'
import { SHA256 } from '../arbitrary.ts'

const reference = buildReference({
  signature: { features: [{ name: 'x', type: 'number' }], target: { name: 'y', type: 'number' } },
  columns: [Float32Array.of(1, 2)],
  modelSha256: SHA256,
})
const series = { name: 'x', role: 'feature' } as SeriesCheck
const check = (evidence: DriftLevel, enough = true): DriftCheck => ({
  rows: 100,
  enough,
  series: [{ ...series, evidence }],
})
const states = (watch: DriftWatch, evidence: readonly DriftLevel[]) =>
  evidence.map((one, now) => watch.update(check(one), now).series[0].state)
const level = fc.constantFrom<DriftLevel>('none', 'possible', 'drift')

t.test('a state rises after two checks and falls after three', async (t) => {
  const watch = new DriftWatch(reference)
  t.strictSame(states(watch, ['drift', 'drift', 'none', 'none', 'drift', 'none', 'none', 'none']), [
    'none',
    'drift',
    'drift',
    'drift',
    'drift',
    'drift',
    'drift',
    'none',
  ])
})

t.test('it rises to what all checks in a row said, and falls likewise', async (t) => {
  const watch = new DriftWatch(reference)
  t.strictSame(states(watch, ['drift', 'possible']).at(-1), 'possible')
  t.strictSame(states(watch, ['drift', 'drift']).at(-1), 'drift')
  t.strictSame(states(watch, ['none', 'possible', 'none']).at(-1), 'possible')
})

t.test('single alarms between quiet checks never raise a state', async (t) => {
  const watch = new DriftWatch(reference)
  for (let round = 0; round < 50; round++) t.strictSame(states(watch, ['drift', 'none']), ['none', 'none'])
})

t.test('a check without enough rows changes nothing', async (t) => {
  const watch = new DriftWatch(reference)
  watch.update(check('drift'), 1)
  watch.update(check('none', false), 2)
  const { state, series } = watch.update(check('drift'), 3)
  t.equal(state, 'drift')
  t.equal(series[0].since, 3)
})

t.test('a watch survives its JSON at any moment', async () => {
  fc.assert(
    fc.property(fc.array(level, { maxLength: 12 }), fc.nat(12), (evidence, at) => {
      const whole = new DriftWatch(reference)
      let broken = new DriftWatch(reference)
      return evidence.every((one, now) => {
        if (now === at) broken = DriftWatch.parse(JSON.parse(JSON.stringify(broken)), reference)
        return whole.update(check(one), now).state === broken.update(check(one), now).state
      })
    }),
  )
})

t.test('a state of another reference, or a broken one, is refused', async (t) => {
  const watch = new DriftWatch(reference)
  watch.update(check('drift'), 1)
  const state = JSON.parse(JSON.stringify(watch))
  const codeOf = (json: unknown) => {
    try {
      DriftWatch.parse(json, reference)
      return 'none'
    } catch (error) {
      return (error as { code: string }).code
    }
  }
  t.equal(codeOf(state), 'none')
  t.equal(codeOf({ ...state, reference: 'cd'.repeat(32) }), 'MONITORING_ERR_MISMATCH')
  t.equal(codeOf({ ...state, version: 2 }), 'MONITORING_ERR_VERSION')
  t.equal(codeOf({ ...state, series: [{}] }), 'MONITORING_ERR_STRUCTURE')
  t.equal(codeOf({ ...state, series: [{ ...state.series[0], state: 'bad' }] }), 'MONITORING_ERR_STRUCTURE')
  t.equal(codeOf({ ...state, series: new Array(6).fill(state.series[0]) }), 'MONITORING_ERR_STRUCTURE')
  fc.assert(fc.property(fc.jsonValue(), (any) => codeOf(any) !== 'none'))
  for (const options of [{ rise: 0 }, { fall: 1.5 }]) {
    t.throws(() => new DriftWatch(reference, options), { code: 'MONITORING_ERR_OPTION' })
  }
})
