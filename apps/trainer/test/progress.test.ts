import t from 'tap'
import { duration, ProgressBar } from '../src/progress.ts'

function setup(isTTY: boolean) {
  const state = { now: 0, text: '' }
  const output = { isTTY, write: (text: string) => (state.text += text) }
  return { state, bar: new ProgressBar(output, 1800, () => state.now) }
}

t.test('without a terminal: at most one plain line a second', async (t) => {
  const { state, bar } = setup(false)
  bar.label('default, fold 1 of 5')
  for (let tree = 0; tree < 25; tree++) {
    state.now += 100
    bar.advance(10)
  }
  bar.end()
  t.equal(
    state.text,
    'training default, fold 1 of 5: 100 of 1,800 trees, 17s left\n' +
      'training default, fold 1 of 5: 200 of 1,800 trees, 16s left\n',
  )
})

t.test('what takes less than a second prints nothing', async (t) => {
  const { state, bar } = setup(false)
  state.now = 999
  bar.advance(1800)
  bar.end()
  t.equal(state.text, '')
})

t.test('on a terminal: one line of 79 columns, rewritten and wiped', async (t) => {
  const { state, bar } = setup(true)
  bar.label('default')
  state.now = 1000
  bar.advance(900)
  t.match(state.text, /^\r\[#{12}\.{12}\] 900 of 1,800 trees {2}1s left {2}default +$/)
  t.equal(state.text.length, 80)
  bar.end()
  t.equal(state.text.slice(80), `\r${' '.repeat(79)}\r`)
  bar.end()
  t.equal(state.text.length, 161, 'wiped once')
})

t.test('a long label is cut', async (t) => {
  const { state, bar } = setup(true)
  bar.label('x'.repeat(200))
  state.now = 1000
  bar.advance(1)
  t.equal(state.text.length, 80)
})

t.test('more trees than were announced is still all of them', async (t) => {
  const { state, bar } = setup(false)
  state.now = 1000
  bar.advance(5000)
  t.match(state.text, /1,800 of 1,800 trees, 0s left/)
})

t.test('durations', async (t) => {
  t.equal(duration(0.2), '1s')
  t.equal(duration(59.5), '1m 0s')
  t.equal(duration(75), '1m 15s')
  t.equal(duration(7325), '2h 2m')
})
