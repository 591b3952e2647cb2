import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

/** Answers the lines of peers/predict.py with onnxruntime-node, from a folder outside of this repository. */
const [modules = '', folder = '', name = ''] = process.argv.slice(2)
const { InferenceSession, Tensor } = createRequire(`${modules}/`)('onnxruntime-node')
const { train, features } = JSON.parse(readFileSync(`${folder}/${name}.json`, 'utf8'))
const values = new Float32Array(new Uint8Array(readFileSync(`${folder}/${name}.x`)).buffer).subarray(train * features)
const rows = values.length / features
const session = await InferenceSession.create(`${folder}/${name}.onnx`, { intraOpNumThreads: 1, interOpNumThreads: 1 })
const { version } = createRequire(`${modules}/`)('onnxruntime-node/package.json')
console.log(JSON.stringify({ 'onnxruntime-node': version }))
for await (const line of createInterface(process.stdin)) {
  const [, kind, count] = line.split(' ')
  if (kind === 'batch') {
    const before = process.cpuUsage()
    await session.run({ x: new Tensor('float32', values, [rows, features]) })
    console.log(JSON.stringify(process.cpuUsage(before).user / 1e6))
    continue
  }
  const times: number[] = []
  for (let i = 0; i < Number(count); i++) {
    const row = Array.from(values.subarray((i % rows) * features, ((i % rows) + 1) * features))
    const before = performance.now()
    await session.run({ x: new Tensor('float32', Float32Array.from(row), [1, features]) })
    times.push((performance.now() - before) * 1000)
  }
  console.log(JSON.stringify(times))
}
