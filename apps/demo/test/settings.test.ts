import { CommanderError } from 'commander'
import t from 'tap'
import { readSettings } from '../src/settings.ts'

const written: string[] = []
const streams = { out: (text: string) => written.push(text), err: (text: string) => written.push(text) }
const read = (args: string[], environment = {}) => readSettings(args, environment, streams)

t.beforeEach(() => {
  written.length = 0
})

t.test('by default the service on this machine, three seconds, no key', async (t) => {
  const { url, seconds, apiKey } = read([])
  t.equal(url.href, 'http://127.0.0.1:3000/')
  t.equal(seconds, 3)
  t.equal(apiKey, undefined)
})

t.test('the environment of the service tells where it is', async (t) => {
  const addressOf = (environment: object) => read([], environment).url.href
  t.equal(addressOf({ COPSE_HOST: 'forest.local', COPSE_PORT: '8080' }), 'http://forest.local:8080/')
  t.equal(addressOf({ COPSE_HOST: '0.0.0.0', COPSE_PORT: '' }), 'http://127.0.0.1:3000/')
  t.equal(addressOf({ COPSE_HOST: '::' }), 'http://[::1]:3000/')
  t.equal(addressOf({ COPSE_PORT: '80' }), 'http://127.0.0.1/')
})

t.test('flags win', async (t) => {
  const flags = ['--url', 'https://models.example/forest', '--seconds', '10', '--api-key', 'secret']
  const { url, seconds, apiKey } = read(['--', ...flags], { COPSE_PORT: '1' })
  t.equal(url.href, 'https://models.example/forest/')
  t.equal(seconds, 10)
  t.equal(apiKey, 'secret')
})

t.test('what is wrong is told in a sentence', async (t) => {
  const wrong: [string[], object, RegExp][] = [
    [['--seconds', '0'], {}, /whole number of 1 to 600/],
    [['--seconds', '1.5'], {}, /whole number of 1 to 600/],
    [['--url', 'localhost:3000'], {}, /an address such as http:\/\/127\.0\.0\.1:3000/],
    [['--url', 'ftp://host'], {}, /an address such as/],
    [['--nonsense'], {}, /unknown option/],
    [[], { COPSE_PORT: 'tcp://10.0.0.1:3000' }, /COPSE_PORT must be a port .* enableServiceLinks: false/],
    [[], { COPSE_PORT: '65536' }, /COPSE_PORT must be a port/],
    [[], { COPSE_HOST: 'a b' }, /COPSE_HOST must be a host name/],
  ]
  for (const [args, environment, message] of wrong) {
    written.length = 0
    t.throws(() => read(args, environment), CommanderError)
    t.match(written.join(''), message)
  }
})

t.test('--help says what there is', async (t) => {
  t.throws(() => read(['--help']), { code: 'commander.helpDisplayed' })
  for (const flag of ['--url', '--seconds', '--api-key', 'COPSE_HOST']) t.match(written.join(''), flag)
  t.notOk(
    written
      .join('')
      .split('\n')
      .some((line) => line.length > 80),
  )
})
