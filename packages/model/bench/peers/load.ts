import { readFileSync } from 'node:fs'
import { Forest } from '@copse/model'

/** Milliseconds, wall and CPU, from a file's bytes to the first answer, in a process that has not seen a forest before. */
const bytes = readFileSync(process.argv[2] as string)
const cpu = process.cpuUsage()
const start = performance.now()
const forest = Forest.from(bytes)
forest.predictInto(new Array(forest.signature.features.length).fill(0), new Float64Array(forest.outputs))
const wall = performance.now() - start
const { user, system } = process.cpuUsage(cpu)
console.log(wall, (user + system) / 1000)
