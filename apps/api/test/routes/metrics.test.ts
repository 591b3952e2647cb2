import t from 'tap'
import { build } from '../app.ts'

t.test('all series in the text format of Prometheus', async (t) => {
  const { app } = await build(t)
  const answer = await app.inject('/metrics')
  t.equal(answer.statusCode, 200)
  t.match(answer.headers['content-type'], /^text\/plain; version=0\.0\.4/)
  const line = /^(|# (HELP|TYPE) \w+ .+|\w+(\{.+\})? \S+)$/
  t.strictSame(
    answer.body.split('\n').filter((text) => !line.test(text)),
    [],
  )
  t.match(answer.body, /^copse_model_info\{/m)
  t.match(answer.body, /^process_cpu_seconds_total /m)
})

t.test('what is answered is what the app scrapes: with several processes the sum of all', async (t) => {
  const { app } = await build(t)
  app.scrape = async () => 'of_all 1\n'
  t.equal((await app.inject('/metrics')).body, 'of_all 1\n')
})

t.test('a scrape that fails is an error that says nothing of the inside', async (t) => {
  const { app } = await build(t)
  app.scrape = async () => {
    throw new Error('inside')
  }
  const answer = await app.inject('/metrics')
  t.equal(answer.statusCode, 500)
  t.notMatch(answer.body, /inside/)
})
