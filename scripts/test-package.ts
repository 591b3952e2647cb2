import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, glob, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, delimiter, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { countPoints, type Points } from './tap-points.ts'
import { add, close, noPoints, readResults } from './tap-results.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const LIBRARIES = ['dataset', 'model', 'monitoring', 'tracking']
const MAJORS = ['22', '24', '26']
/** Tests of what is not packed: imports of the sources, the kernels' compiler. */
const OF_SOURCES = ['package.test.ts', 'kernels.test.ts', 'byte-table.test.ts']
const exec = promisify(execFile)

/**
 * Packs the libraries, installs them into an empty project as a user would, and runs the consumer's tests there, in
 * JavaScript and in type-checked TypeScript. Arguments are the Node majors to use (22 24 26 when none is given); the
 * Node that runs this program serves its own major, others are installed beside. On the first major the libraries' own
 * tests run too, against what was packed.
 */
async function main(majors: readonly string[]): Promise<number> {
  const total = noPoints()
  const folder = await mkdtemp(join(tmpdir(), 'copse-package-'))
  try {
    const project = await installPacked(folder)
    for (const major of majors) {
      const node = await nodeBinary(folder, major)
      await consume(total, project, major, node)
      if (major === majors[0]) for (const name of LIBRARIES) await ownTests(total, project, name, major, node)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return close(total)
}

async function installPacked(folder: string): Promise<string> {
  const project = join(folder, 'project')
  await mkdir(project)
  for (const name of LIBRARIES) {
    await pnpm(['--dir', join(ROOT, 'packages', name), 'run', 'build'])
    await pnpm(['--dir', join(ROOT, 'packages', name), 'pack', '--pack-destination', folder])
  }
  const packed = (await readdir(folder)).filter((name) => name.endsWith('.tgz')).map((name) => join(folder, name))
  await writeFile(join(project, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }\n')
  await npm(project, ['install', ...packed, 'typescript@7', '@types/node@26', 'esbuild@0.28'])
  await cp(join(ROOT, 'scripts/consumer'), project, { recursive: true })
  return project
}

async function consume(total: Points, project: string, major: string, node: string): Promise<void> {
  const env = { PATH: `${dirname(node)}${delimiter}${process.env.PATH}`, HOME: process.env.HOME, EXPECTED_NODE: major }
  const step = async (name: string, file: string, args: string[], judge: (stdout: string) => Points) => {
    const { stdout, error } = await exec(file, args, { cwd: project, env }).then(
      (done) => ({ stdout: done.stdout, error: '' }),
      (failed) => ({ stdout: String(failed.stdout), error: String(failed.stderr || failed.message) }),
    )
    const points = judge(stdout)
    if (error && points.failed === 0) points.failed = 1
    console.log(`Node ${major}, ${name}: ${points.passed} passed, ${points.failed} failed`)
    if (points.failed > 0) console.log(stdout, error)
    add(total, points)
  }
  const answersSetosa = (stdout: string) => one(/setosa/.test(stdout))
  const options = ['--module', 'nodenext', '--target', 'es2023', '--strict', '--noEmit', '--types', 'node']
  await step('ten lines of JavaScript', node, ['ten-lines.mjs'], answersSetosa)
  await step('types', node, ['node_modules/typescript/bin/tsc', ...options, 'ten-lines.ts'], () => one(true))
  await step('ten lines of TypeScript', node, ['ten-lines.ts'], answersSetosa)
  await step('libraries', node, ['--test', '--test-reporter=tap', 'libraries.test.mjs'], countPoints)
  await step('bundles', node, ['--test', '--test-reporter=tap', 'bundle.test.mjs'], countPoints)
}

/**
 * The tests of one library beside a copy of what was packed: `src/x.ts`, which they import, is `dist/x.js`. Left out are
 * those that look at the sources or at documents beside the package.
 */
async function ownTests(total: Points, project: string, name: string, major: string, node: string): Promise<void> {
  const suite = join(project, 'suites', name)
  for (const part of ['test', 'bench']) {
    const from = join(ROOT, 'packages', name, part)
    const filter = (path: string) => !OF_SOURCES.includes(basename(path))
    if (existsSync(from)) await cp(from, join(suite, part), { recursive: true, filter })
  }
  await cp(join(project, 'node_modules/@copse', name), suite, { recursive: true })
  for await (const file of glob('**/*.js', { cwd: join(suite, 'dist') })) {
    const shim = join(suite, 'src', file.replace(/\.js$/, '.ts'))
    await mkdir(dirname(shim), { recursive: true })
    const target = relative(dirname(shim), join(suite, 'dist', file)).replaceAll('\\', '/')
    await writeFile(shim, `export * from ${JSON.stringify(target)}\n`)
  }
  const { devDependencies } = JSON.parse(await readFile(join(suite, 'package.json'), 'utf8'))
  const wanted = Object.entries(devDependencies).filter(([dependency]) => !dependency.startsWith('@copse/'))
  await npm(project, ['install', '--no-save', ...wanted.map(([dependency, version]) => `${dependency}@${version}`)])
  await writeFile(join(suite, '.taprc'), TAPRC)
  const tap = join(project, 'node_modules/tap/dist/esm/run.mjs')
  const env = { PATH: `${dirname(node)}${delimiter}${process.env.PATH}`, HOME: process.env.HOME }
  const options = { cwd: suite, env, maxBuffer: 2 ** 28 }
  const { code, output } = await exec(node, [tap, '--disable-coverage', '--reporter=min'], options).then(
    () => ({ code: 0, output: '' }),
    (failed) => ({ code: 1, output: String(failed.stdout) + String(failed.stderr) }),
  )
  const points = noPoints()
  for (const each of (await readResults(join(suite, '.tap/test-results'), code)).values()) add(points, each)
  console.log(`Node ${major}, own tests of ${name}: ${points.passed} passed, ${points.failed} failed`)
  if (code !== 0) console.log(output)
  add(total, points)
}

const TAPRC = `type-strip-only: true
include:
  - test/**/*.test.ts
allow-incomplete-coverage: true
timeout: 300
`

function one(ok: boolean): Points {
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: [] }
}

/** The path of a Node of that major: this process' own, or one installed from npm. */
async function nodeBinary(folder: string, major: string): Promise<string> {
  if (process.versions.node.split('.')[0] === major) return process.execPath
  const home = join(folder, `node-${major}`)
  await mkdir(home)
  // The package of this platform alone: it needs no install script.
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  await npm(home, ['install', '--prefix', home, `${name}@${major}`])
  return join(home, 'node_modules', name, process.platform === 'win32' ? 'bin/node.exe' : 'bin/node')
}

async function pnpm(args: string[]): Promise<void> {
  await exec('npx', ['--yes', 'pnpm@12', ...args], { cwd: ROOT })
}

async function npm(cwd: string, args: string[]): Promise<void> {
  await exec('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], { cwd })
}

process.exitCode = await main(process.argv.length > 2 ? process.argv.slice(2) : MAJORS)
