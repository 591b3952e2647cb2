import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const exec = promisify(execFile)
/** Built here, so no registry has them. */
const OWN = ['API_IMAGE', 'TRAINER_IMAGE', 'MLFLOW_IMAGE']
/** Named with their registry. */
const FULL = ['MINIO_IMAGE']

/**
 * Prints an env file of the stack with each image that comes from a registry pinned to the digest that its version has
 * there now: `NAME_IMAGE=postgres:17.6@sha256:…`. Needs docker with buildx.
 *
 *     node infra/compose/pin.ts [FILE] > infra/compose/.env
 */
async function main(file = join(import.meta.dirname, '.env.example')): Promise<number> {
  const lines = (await readFile(file, 'utf8')).split('\n')
  const registry = lines.find((line) => line.startsWith('IMAGE_REGISTRY='))?.slice('IMAGE_REGISTRY='.length) ?? ''
  const failures: string[] = []
  for (const [i, line] of lines.entries()) {
    const [, name = '', image = ''] = /^([A-Z]+(?:_[A-Z]+)*_IMAGE)=(\S+)$/.exec(line) ?? []
    if (image === '' || OWN.includes(name) || image.includes('@')) continue
    try {
      lines[i] = `${line}@${await digest(FULL.includes(name) ? image : registry + image)}`
    } catch (error) {
      failures.push(`${name}: ${(error as Error).message}`)
    }
  }
  process.stdout.write(lines.join('\n'))
  for (const failure of failures) process.stderr.write(`${failure}\n`)
  return failures.length > 0 ? 1 : 0
}

/** The digest of an image in its registry, of all its platforms together. */
async function digest(image: string): Promise<string> {
  const args = ['buildx', 'imagetools', 'inspect', image, '--format', '{{.Manifest.Digest}}']
  const { stdout } = await exec('docker', args, { timeout: 60_000 }).catch((error: { stderr?: string }) => {
    throw new Error(`docker cannot inspect ${image}: ${error.stderr?.trim().split('\n').at(-1) || 'no answer'}.`)
  })
  const found = stdout.trim()
  if (!/^sha256:[0-9a-f]{64}$/.test(found)) throw new Error(`docker answered no digest for ${image}.`)
  return found
}

process.exitCode = await main(...process.argv.slice(2, 3))
