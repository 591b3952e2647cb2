import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'

const uri = process.env.MLFLOW_TRACKING_URI
const readme = await readFile(join(import.meta.dirname, '../README.md'), 'utf8')
const examples = [...readme.matchAll(/## (.*)\n[^#]*?```ts\n([\s\S]*?)```/g)].map(([, title, code]) => ({
  title,
  code,
}))

t.test('every example of the README runs', async (t) => {
  t.equal(examples.length, readme.split('```ts').length - 1)
  for (const { title, code } of examples) {
    const asks = code!.includes('MlflowClient') && uri === undefined
    const skip = asks && 'MLFLOW_TRACKING_URI is not set: this example asks a server (pnpm test:mlflow starts one)'
    t.test(title!, { skip }, async (t) => {
      // Below this package, so that its own name leads to it.
      const directory = t.testdir()
      await writeFile(join(directory, 'example.ts'), code!)
      const child = spawn(process.execPath, ['--conditions=@copse/source', 'example.ts'], {
        cwd: directory,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let said = ''
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said += data))
      const [status] = await once(child, 'close')
      t.equal(status, 0, said)
      if (title === 'Models') t.match(said, /^version \d+ is in .*[/\\]\.copse[/\\]cache[/\\]models[/\\]/)
    })
  }
})
