import t from 'tap'
import { PendingReplies } from '../../src/cluster/pending-replies.ts'

t.test('each reply goes to who asked, in any order', async (t) => {
  const replies = new PendingReplies<string>()
  const ids: number[] = []
  const asked = ['a', 'b', 'c'].map(() => replies.ask((id) => ids.push(id)))
  t.equal(new Set(ids).size, 3)
  for (const i of [1, 2, 0]) replies.settle(ids[i]!, `reply ${i}`)
  t.strictSame(await Promise.all(asked), ['reply 0', 'reply 1', 'reply 2'])
})

t.test('who gets no reply in time is told so, and a reply after that is dropped', async (t) => {
  const replies = new PendingReplies<string>(1)
  let asked = 0
  const reply = replies.ask((id) => {
    asked = id
  })
  await t.rejects(reply, { code: 'API_ERR_INTERNAL', message: 'The primary process did not answer.' })
  replies.settle(asked, 'late')
  replies.settle(99, 'never asked')
})
