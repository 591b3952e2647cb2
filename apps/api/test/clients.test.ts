import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { type ClientModel, clientModels } from './clients/models.ts'
import { ready, spawnMain } from './spawn.ts'

const python = process.env.CLIENTS_PYTHON
const skip = python === undefined && 'CLIENTS_PYTHON is not set; pnpm test:clients makes the environment'
const SCRIPTS = ['triton_client.py', 'kserve_client.py', 'mlflow_client.py', 'generated_client.py']

/** That an answer is no 5xx, and has a status, a type, headers and a body that the document has for it. */
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
]
/** Generated requests for each route. */
const EXAMPLES = 10

t.test('clients that others wrote, against the real process', { skip, timeout: 900_000 }, async (t) => {
  const directory = t.testdir()
  const models = await clientModels(directory)
  const servers = await Promise.all(models.map(async (model) => ({ url: await serve(t, directory, model), model })))
  const file = join(directory, 'servers.json')
  await writeFile(file, JSON.stringify(servers))

  for (const script of SCRIPTS) {
    await t.test(script, async (t) => {
      const { code, out, err } = await run(python!, [join(import.meta.dirname, 'clients', script), file])
      const lines = out.split('\n').filter((line) => /^(not )?ok /.test(line))
      for (const line of lines) t.ok(line.startsWith('ok '), line)
      const ended = `ends with ${code} after ${lines.length} checks`
      t.ok(code === 0 && lines.length >= 20, code === 0 ? ended : `${ended}: ${err.slice(-3000)}`)
    })
  }

  // Unloading would make the other answers 503, so it is tried where nothing else is.
  const [iris, prices, gems] = servers as [Server, Server, Server]
  await fuzz(t, iris, ['--exclude-path-regex', '/unload$'])
  await fuzz(t, gems, ['--exclude-path-regex', '/unload$'])
  await fuzz(t, prices, ['--include-path-regex', '/unload$'])
})

interface Server {
  readonly url: string
  readonly model: ClientModel
}

/** Requests that are generated from the document of a model. */
async function fuzz(t: Test, { url, model }: Server, paths: readonly string[]): Promise<void> {
  await t.test(`schemathesis, ${model.name}, ${paths.join(' ')}`, async (t) => {
    const parameters = [
      ...['run', `${url}/openapi.json`, '--checks', CHECKS.join(), '--max-examples', String(EXAMPLES)],
      ...['--seed', '7', '--no-color', ...paths],
    ]
    // It keeps a cache where it runs.
    const { code, out } = await run(join(dirname(python!), 'st'), parameters, t.testdir())
    t.equal(code, 0, code === 0 ? 'finds nothing' : out.slice(-3000))
    const [, tried] = /Test cases:\n *(.*)/.exec(out) ?? []
    t.match(tried, /^\d+ generated, \d+ passed/, tried ?? '')
  })
}

async function serve(t: Test, directory: string, model: ClientModel): Promise<string> {
  const { url } = await ready(spawnMain(t, directory, ['--model', `file:${model.directory}`]))
  return url
}

function run(
  program: string,
  parameters: string[],
  cwd = import.meta.dirname,
): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const limits = { cwd, maxBuffer: 1 << 28, timeout: 600_000 }
    execFile(program, parameters, limits, (error, out, err) => {
      resolve({
        code: error === null ? 0 : typeof error.code === 'number' ? error.code : 1,
        out,
        err: err || String(error),
      })
    })
  })
}
