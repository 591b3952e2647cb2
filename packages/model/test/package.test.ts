import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'

const root = new URL('../', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))

t.test('no dependencies and nothing to run at install', async (t) => {
  for (const kind of ['dependencies', 'peerDependencies', 'optionalDependencies', 'bundleDependencies', 'gypfile']) {
    t.notOk(kind in manifest, kind)
  }
  for (const script of ['preinstall', 'install', 'postinstall', 'prepare', 'preprepare', 'postprepare']) {
    t.notOk(script in manifest.scripts, script)
  }
})

t.test('one entry, and one of the worker threads: source for this workspace, dist for everyone else', async (t) => {
  t.same(manifest.exports, {
    '.': { '@copse/source': './src/index.ts', types: './dist/index.d.ts', default: './dist/index.js' },
    './worker': { '@copse/source': './src/worker.ts', types: './dist/worker.d.ts', default: './dist/worker.js' },
  })
  t.equal(manifest.imports['#worker'].default, manifest.exports['./worker'].default)
  t.equal(manifest.type, 'module')
  t.same(manifest.sideEffects, ['./src/worker.ts', './dist/worker.js'])
  t.same(manifest.files, ['dist'])
  t.equal(manifest.engines.node, '>=22.19')
})

t.test('no module that a browser loads imports one of Node', async (t) => {
  const reached = new Set<string>()
  const pending = ['index.ts', 'train-forest.ts']
  while (pending.length > 0) {
    const file = pending.pop()!
    if (reached.has(file)) continue
    reached.add(file)
    const text = readFileSync(new URL(`src/${file}`, root), 'utf8')
    for (const [, type, name] of text.matchAll(/^(?:import|export) (type )?[^']*from '([^']+)'/gm)) {
      if (type) continue
      t.ok(name.startsWith('./') || name.startsWith('../'), `${file} imports ${name}`)
      pending.push(new URL(name, `file:///${file}`).pathname.slice(1))
    }
  }
  t.ok(reached.size > 10 && reached.size <= readdirSync(new URL('src', root), { recursive: true }).length)
})
