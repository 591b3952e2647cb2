import { execFileSync, spawnSync } from 'node:child_process'
import t from 'tap'
import { gitCommit } from '../src/git.ts'

const needsGit = spawnSync('git', ['--version']).status === 0 ? {} : { skip: 'git is not installed' }

t.test('the commit of a checkout', needsGit, async (t) => {
  const directory = t.testdir()
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: directory })
  git('init', '-q')
  git('commit', '-q', '--allow-empty', '-m', 'first')
  t.equal(await gitCommit(directory), git('rev-parse', 'HEAD').toString().trim())
})

t.test('a checkout without a commit has none', needsGit, async (t) => {
  const directory = t.testdir()
  execFileSync('git', ['init', '-q'], { cwd: directory })
  t.equal(await gitCommit(directory), undefined)
})

t.test('a directory that is not there has none', async (t) => {
  t.equal(await gitCommit('/no/such/directory'), undefined)
})
