import t from 'tap'
import { readReplaySettings } from '../../src/replay/command-line.ts'

const read = (...args: string[]) => {
  let text = ''
  const streams = { out: (more: string) => (text += more), err: (more: string) => (text += more) }
  try {
    return { settings: readReplaySettings(args, { COPSE_HOME: 'store' }, streams), text }
  } catch {
    return { settings: undefined, text }
  }
}

t.test('a log and a model are needed, the rest has defaults', async (t) => {
  const { settings } = read('--', '--log', 'log', '--model', 'models:/iris/4')
  t.match(settings, {
    log: 'log',
    model: 'models:/iris/4',
    html: 'replay.html',
    tracking: { home: 'store', readOnly: true },
  })
  t.match(read('--log', 'log').text, /required option '--model <reference>' not specified/)
  t.match(read('--log', 'a', '--model', 'b', '--modl', 'c').text, /unknown option/)
  t.match(read('--help').text, /Usage: pnpm replay/)
})

t.test('flags win over the environment', async (t) => {
  const { settings } = read('--log', 'log', '--model', 'm', '--home', 'here', '--html', 'x.html')
  t.match(settings, { html: 'x.html', tracking: { home: 'here' } })
})
