import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { Refusal, Unreachable } from '../src/errors.ts'
import { Resource } from '../src/resource.ts'

t.test('what was said last stays while nothing answers, and goes when it is refused', async (t) => {
  const answers: (() => string)[] = [
    () => 'one',
    () => {
      throw new Unreachable('away')
    },
    () => {
      throw new Refusal(404, 'API_ERR_NOT_FOUND', 'not there')
    },
  ]
  let changes = 0
  const resource = new Resource(
    async () => answers.shift()!(),
    () => changes++,
  )
  await resource.refresh()
  t.match(resource, { value: 'one', error: undefined })
  await resource.refresh()
  t.match(resource, { value: 'one', error: undefined })
  await resource.refresh()
  t.equal(resource.value, undefined)
  t.match(resource.error, { message: 'not there' })
  t.equal(changes, 3)
})

t.test('an answer to an older question is dropped', async (t) => {
  const pending: ((value: string) => void)[] = []
  const resource = new Resource<string>(
    () => new Promise((answer) => pending.push(answer)),
    () => {},
  )
  const first = resource.refresh()
  const second = resource.refresh()
  pending[1]!('new')
  pending[0]!('old')
  await Promise.all([first, second])
  t.equal(resource.value, 'new')
})

t.test('asks again and again, until it is paused', async (t) => {
  let asked = 0
  const resource = new Resource(
    async () => ++asked,
    () => {},
  )
  resource.every(5)
  resource.every(5)
  await sleep(60)
  t.ok(asked > 2)
  resource.pause()
  await sleep(10)
  const before = asked
  await sleep(30)
  t.equal(asked, before)
})

t.test('reset, it forgets', async (t) => {
  const resource = new Resource(
    async () => 'one',
    () => {},
  )
  await resource.refresh()
  resource.reset()
  t.equal(resource.value, undefined)
})
