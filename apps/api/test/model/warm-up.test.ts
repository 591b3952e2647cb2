import { join } from 'node:path'
import t from 'tap'
import { readBundle } from '../../src/model/bundle.ts'
import { ServedModel } from '../../src/model/served.ts'
import { warmUp } from '../../src/model/warm-up.ts'
import { ORIGIN } from '../app.ts'
import { irisFiles, mixedFiles, writeBundle } from '../bundle.ts'

t.test('answers golden rows, gaps and levels included', async (t) => {
  const cwd = t.testdir()
  for (const [name, files] of Object.entries({ iris: irisFiles(), mixed: mixedFiles() })) {
    const model = new ServedModel(ORIGIN, await readBundle(writeBundle(join(cwd, name), files)))
    warmUp(model)
    const { rows, outputs } = model.bundle.golden
    const input = model.input(1)
    for (let f = 0; f < input.length; f++) input[f] = rows[0]![f] ?? Number.NaN
    t.strictSame([...model.run(1).outputs], outputs[0], name)
  }
})
