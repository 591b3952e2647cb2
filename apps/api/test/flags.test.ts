import t from 'tap'
import { VARIABLES } from '../src/environment.ts'
import { flagOf, readFlags } from '../src/flags.ts'

t.test('flags are values of their variables, as they were written', async (t) => {
  t.strictSame(readFlags(['--port', 'x', '--metrics-port=9100', '--tracking-uri', 'http://mlflow']), {
    values: { COPSE_PORT: 'x', COPSE_METRICS_PORT: '9100', MLFLOW_TRACKING_URI: 'http://mlflow' },
    printConfig: false,
  })
  t.strictSame(readFlags(['--', '--print-config']), { values: {}, printConfig: true }, 'a leading -- is passed over')
  t.strictSame(readFlags([]), { values: {}, printConfig: false })
})

t.test('a wrong flag is one sentence', async (t) => {
  for (const [argv, message] of [
    [['--prot', '1'], /^Unknown option '--prot'.* \(see --help\)\.$/s],
    [['--port'], /argument missing.*\(see --help\)\.$/],
    [['extra'], /too many arguments.*\(see --help\)\.$/i],
  ] as const) {
    t.throws(() => readFlags(argv), { code: 'API_ERR_SETTING', message }, argv.join(' '))
  }
})

t.test('--help shows every flag with its variable, and what that is without', async (t) => {
  const read = readFlags(['--help'])
  if (!('show' in read)) throw new Error('expected a text')
  for (const [name, { default: value }] of Object.entries(VARIABLES)) {
    const flag = flagOf(name as keyof typeof VARIABLES)!
    const text = read.show.replaceAll(/\s+/g, ' ')
    t.ok(text.includes(`${flag} <`), flag)
    t.ok(text.includes(`(${name}${value === undefined ? '' : `, default ${value}`})`), name)
  }
})

t.test('every variable has a flag', async (t) => {
  const without = Object.keys(VARIABLES).filter((name) => flagOf(name as keyof typeof VARIABLES) === undefined)
  t.strictSame(without, [])
})
