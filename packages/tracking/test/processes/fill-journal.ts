import { Journal } from '../../src/journal.ts'

// Without a handler the signal of the file size limit ends the process.
process.on('SIGXFSZ' as NodeJS.Signals, () => {})
const journal = await Journal.create(process.argv[2]!, 'run')
let written = 0
for (;;) {
  try {
    journal.append({ text: 'x'.repeat(500) })
    written += 1
  } catch (error) {
    console.log(`${written}\n${(error as { code: string }).code}`)
    break
  }
}
journal.append({})
console.log(1)
await journal.close()
