import { spawn } from 'node:child_process'
import { once } from 'node:events'
import t from 'tap'

const WATCHER = `import { watchAncestors } from ${JSON.stringify(new URL('../ancestors.ts', import.meta.url).href)}
watchAncestors(() => process.stdout.write('gone\\n', () => process.exit()))
setInterval(() => {}, 1000)
process.stdout.write('watching\\n')`

const CHILD = `require('node:child_process').spawn(process.execPath, ['--input-type=module', '-e', process.argv[1]], { stdio: 'inherit' })`

t.test('says when the process that started this one is killed', async (t) => {
  const parent = spawn(process.execPath, ['-e', CHILD, WATCHER], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.match(String((await once(parent.stdout, 'data'))[0]), /watching/)
  parent.kill('SIGKILL')
  t.match(String((await once(parent.stdout, 'data'))[0]), /gone/)
})
