import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs, promisify } from 'node:util'

const ROOT = join(import.meta.dirname, '..', '..')
const TARGETS = ['api', 'trainer']
const STARTS = 3
const START_MS = 60_000
const MEGABYTE = 1e6

/**
 * Builds the images of the checkout and prints what they weigh, and how soon a container of the service serves:
 *
 *     build.ts [--version 0.1.0] [--secret id=ca,src=FILE] [api] [trainer]
 */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { version: { type: 'string', default: '0.1.0' }, secret: { type: 'string' } },
  })
  for (const target of positionals.length > 0 ? positionals : TARGETS) {
    const image = `copse-${target}:${values.version}`
    await build(target, image, values.version, values.secret)
    const { total, own } = await weigh(image)
    const line = `${image}: ${megabytes(total)} MB, of which ${megabytes(own)} MB are ours`
    console.log(target === 'api' ? `${line}; serves ${await coldStart(image)} ms after its start` : line)
  }
}

async function build(target: string, image: string, version: string, secret: string | undefined): Promise<void> {
  const commit = (await output('git', ['rev-parse', 'HEAD'])).trim()
  await output('docker', [
    'build',
    ...(secret === undefined ? [] : ['--secret', secret]),
    ...['--file', 'infra/docker/Dockerfile', '--target', target, '--tag', image],
    ...['--build-arg', `REVISION=${commit}`, '--build-arg', `VERSION=${version}`, '.'],
  ])
}

export interface Weight {
  /** Bytes, as the engine has them unpacked. */
  readonly total: number
  /** Bytes of what lies on top of the base image. */
  readonly own: number
}

export async function weigh(image: string): Promise<Weight> {
  const args = ['history', '--human=false', '--no-trunc', '--format', '{{.Size}}\t{{.CreatedBy}}', image]
  const layers = (await output('docker', args)).trimEnd().split('\n')
  const sizes = layers.map((layer) => Number.parseInt(layer, 10))
  // Newest first; this is the first step of ours that leaves a layer.
  const first = layers.findIndex((layer) => layer.includes('\tWORKDIR /app'))
  const sum = (some: readonly number[]) => some.reduce((total, size) => total + size, 0)
  return { total: sum(sizes), own: sum(sizes.slice(0, first + 1)) }
}

/** Milliseconds from a container's start to the line that says what it serves; the median of some starts. */
async function coldStart(image: string): Promise<number> {
  const times: number[] = []
  for (let i = 0; i < STARTS; i++) {
    const container = (await output('docker', ['run', '--detach', image])).trim()
    try {
      const at = await output('docker', ['inspect', '--format', '{{.State.StartedAt}}', container])
      times.push((await firstLine(container)) - Date.parse(at.trim()))
    } finally {
      await output('docker', ['rm', '--force', '--volumes', container])
    }
  }
  return times.sort((a, b) => a - b)[Math.floor(STARTS / 2)] ?? 0
}

/** When a container said that it serves, in milliseconds since 1970. */
async function firstLine(container: string): Promise<number> {
  for (const end = Date.now() + START_MS; Date.now() < end; await sleep(100)) {
    const log = await output('docker', ['logs', '--timestamps', container])
    const time = /^(\S+) Copse serves /m.exec(log)?.[1]
    if (time !== undefined) return Date.parse(time)
  }
  throw new Error(`The container does not serve within ${START_MS / 1000} s.`)
}

async function output(file: string, args: readonly string[]): Promise<string> {
  return (await promisify(execFile)(file, args, { cwd: ROOT, maxBuffer: 64 << 20 })).stdout
}

function megabytes(bytes: number): string {
  return (bytes / MEGABYTE).toFixed(0)
}

if (import.meta.main) await main()
