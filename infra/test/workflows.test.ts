import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { program, tool } from './tool.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const WORKFLOWS = join(ROOT, '.github', 'workflows')

t.test('the workflows are correct', async (t) => {
  const actionlint = await tool(t, 'actionlint')
  const shellcheck = await tool(t, 'shellcheck')
  if (!actionlint || !shellcheck) return
  const files = (await readdir(WORKFLOWS)).map((name) => join(WORKFLOWS, name))
  const { code, stdout } = await program(actionlint, ['-shellcheck', shellcheck, ...files])
  t.equal(code, 0, stdout)
})

t.test('what the workflows run are scripts that run here too', async (t) => {
  for (const name of await readdir(WORKFLOWS)) {
    const text = await readFile(join(WORKFLOWS, name), 'utf8')
    for (const [, command = ''] of text.matchAll(/^ +(?:- )?run: (.*)$/gm)) {
      t.match(
        command,
        /^(bash (infra\/ci\/[a-z-]+\.sh|\.ci\/run)( .*)?|\.\/deploy\.ps1 --help)$/,
        `${name}: ${command}`,
      )
    }
  }
})

t.test('the workflows give away nothing', async (t) => {
  const zizmor = await tool(t, 'zizmor')
  if (!zizmor) return
  const { code, stdout } = await program(zizmor, ['--offline', '--no-progress', '--pedantic', join(ROOT, '.github')])
  t.equal(code, 0, stdout)
})
