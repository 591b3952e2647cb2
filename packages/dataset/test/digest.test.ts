import { readFileSync } from 'node:fs'
import { Dataset, iris } from '@copse/dataset'
import t from 'tap'

const { rows, digests } = JSON.parse(readFileSync(new URL('fixtures/digest.json', import.meta.url), 'utf8'))

const classes = Dataset.fromRows(rows, { target: 'y', featureNames: ['size', 'colour'] })

t.test('the digest is that of an independent program', async (t) => {
  t.equal(classes.digest(), digests.classes)
  t.equal(classes.withWeights([1, 0.5, 2, 0]).digest(), digests.weighted)
  const numbers = Dataset.fromRows(rows, { target: 'y', featureNames: ['size', 'colour'], task: 'regression' })
  t.equal(numbers.digest(), digests.numbers)
})

t.test('the digest sees every part and nothing else', async (t) => {
  const digest = iris().digest()
  t.match(digest, /^[0-9a-f]{64}$/)
  t.equal(iris().digest(), digest)
  t.equal(new Dataset({ ...iris(), name: 'other', warnings: ['w'] }).digest(), digest)
  const differs = (change: (dataset: Dataset) => void, what: string): void => {
    const other = new Dataset({ ...structuredClone({ ...iris() }) })
    change(other)
    t.not(other.digest(), digest, what)
  }
  differs((other) => other.columns[3].set([9], 149), 'a value')
  differs((other) => other.columns[0].set([Number.NaN], 0), 'a missing value')
  differs((other) => other.target.set([2], 0), 'a target')
  t.not(iris().withWeights(new Float64Array(150).fill(1)).digest(), digest, 'weights')
})

t.test('bits of a NaN do not matter', async (t) => {
  const other = new Dataset({ ...structuredClone({ ...classes }) })
  const bits = new Uint32Array(other.columns[0].buffer)
  const missing = other.columns[0].findIndex(Number.isNaN)
  bits[missing] = 0xffc00001
  t.ok(Number.isNaN(other.columns[0][missing]))
  t.equal(other.digest(), classes.digest())
})

t.test('the order of a signature’s keys does not matter', async (t) => {
  const { target, features } = iris().signature
  const reversed = features.map((feature) => Object.fromEntries(Object.entries(feature).reverse()) as typeof feature)
  const other = new Dataset({ ...iris(), signature: { target, features: reversed } })
  t.equal(other.digest(), iris().digest())
})
