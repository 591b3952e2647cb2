import t from 'tap'
import { type Parameters, resolveParameters } from '../src/parameters.ts'
import type { Target } from '../src/table.ts'

const classes: Target = { name: 'y', type: 'class', classes: ['a', 'b', 'c'] }
const numbers: Target = { name: 'y', type: 'number' }

t.test('defaults', async (t) => {
  const expected = {
    nEstimators: 100,
    criterion: 'gini',
    maxDepth: null,
    minSamplesSplit: 2,
    minSamplesLeaf: 1,
    maxFeatures: 'sqrt',
    maxLeafNodes: null,
    minImpurityDecrease: 0,
    bootstrap: true,
    maxSamples: null,
    splitter: 'best',
    classWeight: null,
    oobScore: false,
    maxBins: null,
    seed: 0,
  }
  t.same(resolveParameters({}, classes), expected)
  t.same(resolveParameters({}, numbers), { ...expected, criterion: 'squared_error', maxFeatures: 1 / 3 })
  t.same(resolveParameters({ maxDepth: undefined, seed: undefined }, classes), expected)
  t.same(resolveParameters(resolveParameters({}, classes), classes), expected, 'resolving again changes nothing')
})

t.test('counts, shares and names', async (t) => {
  const given: Parameters = {
    nEstimators: 1_000_000,
    criterion: 'entropy',
    maxDepth: 1,
    minSamplesSplit: 0.5,
    minSamplesLeaf: 0.01,
    maxFeatures: 'all',
    maxLeafNodes: 2,
    minImpurityDecrease: 0.1,
    maxSamples: 0.25,
    splitter: 'random',
    classWeight: { c: 2, a: 0 },
    oobScore: true,
    maxBins: 256,
    seed: Number.MAX_SAFE_INTEGER,
  }
  const resolved = resolveParameters(given, classes)
  t.same(resolved, { ...given, bootstrap: true })
  t.same(Object.keys(resolved.classWeight ?? {}), ['a', 'c'], 'in the order of the classes')
  t.equal(resolveParameters({ maxSamples: 'all' }, classes).maxSamples, null)
  t.equal(resolveParameters({ classWeight: 'balanced' }, classes).classWeight, 'balanced')
  t.equal(Object.is(resolveParameters({ seed: -0 }, classes).seed, 0), true)
})

t.test('what is refused, by name, found and expected', async (t) => {
  const cases: [unknown, RegExp][] = [
    [{ nestimators: 1 }, /"nestimators" is unknown; known are nEstimators, /],
    [{ __proto__: null, constructor: 1 }, /"constructor" is unknown/],
    [{ nEstimators: 0 }, /nEstimators is 0, but must be an integer in 1\.\.1000000/],
    [{ nEstimators: '10' }, /nEstimators is "10"/],
    [{ nEstimators: null }, /nEstimators is null/],
    [{ criterion: 'squared_error' }, /criterion is "squared_error", but must be 'gini' or 'entropy'/],
    [{ maxDepth: 0 }, /maxDepth is 0, but must be an integer >= 1/],
    [{ maxDepth: 1.5 }, /maxDepth/],
    [{ minSamplesSplit: 1 }, /minSamplesSplit is 1, but must be a count \(an integer >= 2\) or a share/],
    [{ minSamplesLeaf: 0 }, /minSamplesLeaf/],
    [{ minSamplesLeaf: 1.5 }, /minSamplesLeaf/],
    [{ maxFeatures: 'half' }, /maxFeatures is "half", but must be 'sqrt' or 'log2' or 'all'/],
    [{ maxFeatures: -0.5 }, /maxFeatures/],
    [{ maxLeafNodes: 1 }, /maxLeafNodes is 1, but must be an integer >= 2/],
    [{ minImpurityDecrease: -1 }, /minImpurityDecrease is -1/],
    [{ minImpurityDecrease: Number.NaN }, /minImpurityDecrease is NaN/],
    [{ bootstrap: 1 }, /bootstrap is 1, but must be true or false/],
    [{ maxSamples: Number.POSITIVE_INFINITY }, /maxSamples is Infinity/],
    [{ splitter: ['best'] }, /splitter is an array/],
    [{ classWeight: 'even' }, /classWeight/],
    [{ classWeight: { d: 1 } }, /classWeight names "d", which is none of the target's 3 classes/],
    [{ classWeight: { a: -1 } }, /classWeight\["a"\] is -1/],
    [{ oobScore: 'yes' }, /oobScore/],
    [{ maxBins: 1 }, /maxBins is 1, but must be an integer in 2\.\.65536/],
    [{ seed: -1 }, /seed is -1/],
    [{ bootstrap: false, oobScore: true }, /oobScore needs bootstrap/],
    [{ bootstrap: false, maxSamples: 5 }, /maxSamples needs bootstrap/],
    [null, /parameters is null/],
    [[], /parameters is an array/],
  ]
  for (const [given, message] of cases) {
    t.throws(() => resolveParameters(given as Parameters, classes), { code: 'MODEL_ERR_PARAMETER', message })
  }
  for (const given of [{ criterion: 'gini' }, { classWeight: 'balanced' }] as const) {
    t.throws(() => resolveParameters(given, numbers), { code: 'MODEL_ERR_PARAMETER' })
  }
})
