import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import t from 'tap'
import { arriveAll } from '../../../packages/tracking/test/mlflow/arrive.ts'

const uri = process.env.MLFLOW_TRACKING_URI
const kills = Number(process.env.COPSE_TEST_KILLS ?? 20)
/** Trainers that run side by side in one home. */
const AT_ONCE = 5
const skip =
  process.env.MLFLOW_PYTHON === undefined && 'MLFLOW_PYTHON is not set: no trainer was killed (pnpm test:mlflow does)'

t.test(`the trainer killed ${kills} times at random points loses and doubles nothing`, { skip }, async (t) => {
  const experiment = `trainer-kills-${Date.now()}`
  const home = t.testdir()
  const began = performance.now()
  const [code] = await once(train(home, experiment), 'exit')
  t.equal(code, 0, 'one that is left alone ends well')
  const duration = performance.now() - began
  let killed = 0
  for (let round = 0; round < kills; round += AT_ONCE) {
    const children = Array.from({ length: Math.min(AT_ONCE, kills - round) }, async () => {
      const child = train(home, experiment)
      const ended = once(child, 'exit')
      await new Promise((resolve) => setTimeout(resolve, duration * (0.15 + 0.95 * Math.random())))
      if (child.exitCode === null && child.kill('SIGKILL')) killed += 1
      await ended
    })
    await Promise.all(children)
  }
  const { syncs, counts } = await arriveAll(t, { home, uri: uri!, server: uri!, experiment })
  t.comment(`${counts.runs} runs, ${killed} kills, ${counts.lost} lost, ${counts.doubled} doubled; ${syncs} syncs`)
})

function train(home: string, experiment: string) {
  const main = join(import.meta.dirname, '..', 'src', 'main.ts')
  const names = ['--experiment', experiment, '--model-name', experiment]
  return spawn(
    process.execPath,
    ['--conditions=@copse/source', main, '--trees', '3', '--threads', '1', '--promote', 'always', ...names],
    {
      env: { ...process.env, COPSE_HOME: home, NODE_COMPILE_CACHE: join(home, 'compiled') },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  )
}
