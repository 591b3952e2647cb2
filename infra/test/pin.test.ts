import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import t, { type Test } from 'tap'

const PIN = join(import.meta.dirname, '..', 'compose', 'pin.ts')
const DIGEST = `sha256:${'ab'.repeat(32)}`

/** Runs the script with a docker that answers `script`, and keeps its arguments. */
function pin(t: Test, script: string, file?: string) {
  const folder = t.testdir({ docker: `#!/bin/sh\n${script}\n`, env: file ?? '' })
  spawnSync('chmod', ['+x', join(folder, 'docker')])
  const args = [PIN, ...(file === undefined ? [] : [join(folder, 'env')])]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
  })
  return { status, stdout, stderr }
}

t.test('each image of a registry gets the digest of its version; ours and the rest stay', async (t) => {
  const { status, stdout } = pin(t, `echo ${DIGEST}`)
  t.equal(status, 0)
  t.match(stdout, new RegExp(`^POSTGRES_IMAGE=postgres:[\\d.]+-bookworm@${DIGEST}$`, 'm'))
  t.match(stdout, new RegExp(`^MINIO_IMAGE=quay.io/minio/minio:\\S+@${DIGEST}$`, 'm'))
  t.match(stdout, /^API_IMAGE=copse-api:[\d.]+$/m)
  t.match(stdout, /^API_PORT=3000$/m)
})

t.test('the registry of the file is asked, and is not written into its names', async (t) => {
  const file = 'IMAGE_REGISTRY=mirror.example.com/\nGRAFANA_IMAGE=grafana/grafana:13.0.1\n'
  const answer = `case "$*" in *mirror.example.com/grafana/grafana:13.0.1*) echo ${DIGEST};; *) exit 1;; esac`
  const { status, stdout } = pin(t, answer, file)
  t.equal(status, 0)
  t.equal(stdout, `IMAGE_REGISTRY=mirror.example.com/\nGRAFANA_IMAGE=grafana/grafana:13.0.1@${DIGEST}\n`)
})

t.test('what is pinned already stays so', async (t) => {
  const file = `NODE_IMAGE=node:26-slim@${DIGEST}\n`
  t.match(pin(t, 'exit 1', file), { status: 0, stdout: file })
})

t.test('an image that cannot be found is named, and the exit status says so', async (t) => {
  const { status, stdout, stderr } = pin(t, 'echo "ERROR: not found" >&2; exit 1', 'NODE_IMAGE=node:26-slim\n')
  t.equal(status, 1)
  t.equal(stdout, 'NODE_IMAGE=node:26-slim\n')
  t.equal(stderr, 'NODE_IMAGE: docker cannot inspect node:26-slim: ERROR: not found.\n')
})

t.test('nor is anything taken for a digest that is none', async (t) => {
  const { status, stderr } = pin(t, 'echo latest', 'NODE_IMAGE=node:26-slim\n')
  t.equal(status, 1)
  t.match(stderr, 'docker answered no digest for node:26-slim.')
})
