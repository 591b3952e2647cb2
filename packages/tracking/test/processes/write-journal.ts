import { writeSync } from 'node:fs'
import { Journal } from '../../src/journal.ts'

const journal = await Journal.create(process.argv[2]!, 'run')
for (let index = 0; ; index++) {
  journal.append({ index })
  writeSync(1, `${index}\n`)
}
