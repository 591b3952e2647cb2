import { spawn } from 'node:child_process'
import { once } from 'node:events'
import t from 'tap'

const WATCHER = `import { watchParent } from ${JSON.stringify(new URL('../src/parent.ts', import.meta.url).href)}
watchParent(process.argv[1] === 'scripted', () => process.stdout.write('gone\\n', () => process.exit()))
setInterval(() => {}, 1000)
process.stdout.write('watching\\n')`

/** A parent that starts the watcher, with a channel or without. */
const PARENT = `const [, watcher, form] = process.argv
require('node:child_process').spawn(process.execPath, ['--input-type=module', '-e', watcher, form], {
  stdio: ['ignore', 'inherit', 'inherit', ...(form === 'channel' ? ['ipc'] : [])],
})`

for (const form of ['scripted', 'channel']) {
  t.test(`says when its parent is killed: ${form}`, async (t) => {
    const parent = spawn(process.execPath, ['-e', PARENT, WATCHER, form], { stdio: ['ignore', 'pipe', 'inherit'] })
    t.match(String((await once(parent.stdout, 'data'))[0]), /watching/)
    parent.kill('SIGKILL')
    t.match(String((await once(parent.stdout, 'data'))[0]), /gone/)
  })
}
