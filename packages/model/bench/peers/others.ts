import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

/** Trains a forest of a peer of npm on a table of the bench; prints CPU seconds a 100 trees and the score on its last rows. */
const [modules = '', peer = '', path = '', ...rest] = process.argv.slice(2)
const [rows, features, trained, classes, trees, seed] = rest.map(Number) as [
  number,
  number,
  number,
  number,
  number,
  number,
]
const require = createRequire(`${modules}/`)
const x = new Float32Array(readFileSync(`${path}.x`).buffer)
const y = new Float64Array(readFileSync(`${path}.y`).buffer)
const from = Math.floor(rows * 0.8)
const to = Math.min(rows, from + 2000)
const rowsOf = (first: number, end: number) =>
  Array.from({ length: end - first }, (_, i) =>
    Array.from(x.subarray((first + i) * features, (first + i + 1) * features)),
  )

const [seconds, found] = peer === 'ydf-training' ? await byYdf() : byMlRandomForest()
const right = found.filter((of, i) => of === y[from + i]).length
console.log((seconds * 100) / trees, right / found.length)

async function byYdf(): Promise<[number, number[]]> {
  const ydf = await require('ydf-training')()
  const columns = (first: number, end: number) => {
    const data: Record<string, unknown[]> = {}
    for (let f = 0; f < features; f++) {
      data[`x${f}`] = Array.from({ length: end - first }, (_, i) => x[(first + i) * features + f])
    }
    return data
  }
  const data = { ...columns(0, trained), y: Array.from(y.subarray(0, trained), (of) => `c${of}`) }
  const learner = new ydf.RandomForestLearner('y', 'CLASSIFICATION')
  const before = process.cpuUsage()
  const model = learner.train(data)
  const { user, system } = process.cpuUsage(before)
  const answers = model.predict(columns(from, to))
  const labels: string[] = model.getLabelClasses()
  const width = answers.length / (to - from)
  const found = Array.from({ length: to - from }, (_, i) => {
    if (width === 1) return Number((answers[i] > 0.5 ? labels[1] : labels[0]).slice(1))
    const shares = Array.from({ length: width }, (_, k) => answers[i * width + k])
    return Number(labels[shares.indexOf(Math.max(...shares))].slice(1))
  })
  return [(user + system) / 1e6, found]
}

function byMlRandomForest(): [number, number[]] {
  const { RandomForestClassifier } = require('ml-random-forest')
  const forest = new RandomForestClassifier({
    seed,
    nEstimators: trees,
    maxFeatures: Math.floor(Math.sqrt(features)),
    replacement: false,
    noOOB: true,
  })
  const before = process.cpuUsage()
  forest.train(rowsOf(0, trained), Array.from(y.subarray(0, trained)))
  const { user, system } = process.cpuUsage(before)
  void classes
  return [(user + system) / 1e6, forest.predict(rowsOf(from, to))]
}
