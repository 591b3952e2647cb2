import { parseEnv } from 'node:util'
import t from 'tap'
import { VARIABLES } from '../src/environment.ts'
import { readSettings } from '../src/settings.ts'

function printed(env: Record<string, string>, ...argv: string[]): string {
  const read = readSettings(['--print-config', ...argv], env)
  if (!('show' in read)) throw new Error('expected a text')
  return read.show
}

t.test('every setting is a line, and those of the registry that were given', async (t) => {
  const lines = printed({ MLFLOW_HTTP_REQUEST_TIMEOUT: '5', OTHER: 'x' }, '--port', '1').trimEnd().split('\n')
  for (const name of Object.keys(VARIABLES)) {
    const own = lines.filter((line) => line.startsWith(`${name}=`) || line === `# ${name} is not set`)
    t.equal(own.length, 1, name)
  }
  for (const line of [
    'COPSE_PORT=1',
    'COPSE_HOST=127.0.0.1',
    '# COPSE_API_KEYS_FILE is not set',
    'COPSE_DEADLINE=10s',
    'MLFLOW_HTTP_REQUEST_TIMEOUT=5',
  ]) {
    t.ok(lines.includes(line), line)
  }
  t.notOk(lines.some((line) => line.includes('OTHER')))
})

t.test('no secret is shown', async (t) => {
  const text = printed({
    MLFLOW_TRACKING_URI: 'http://ann:secret@mlflow:5000/x',
    MLFLOW_TRACKING_USERNAME: 'ann',
    MLFLOW_TRACKING_PASSWORD: 'secret',
    COPSE_DRIFT_WEBHOOK: 'https://hooks/secret',
    OTHER: 'secret',
  })
  t.match(text, 'MLFLOW_TRACKING_URI=http://(hidden)@mlflow:5000/x\n')
  t.match(text, 'MLFLOW_TRACKING_USERNAME=ann\n')
  t.match(text, 'MLFLOW_TRACKING_PASSWORD=(hidden)\n')
  t.match(text, 'COPSE_DRIFT_WEBHOOK=(hidden)\n')
  t.notMatch(text, /secret/)
})

t.test('it reads as a .env file that says the same', async (t) => {
  const text = printed({ COPSE_LOG_LEVEL: 'info' }, '--port', '1', '--model', 'models:/a@b,models:/c/3')
  const again = readSettings(['--print-config'], {}, text)
  t.strictSame(again, { show: text })
  t.equal(parseEnv(text).COPSE_MODEL, 'models:/a@b,models:/c/3')
})
