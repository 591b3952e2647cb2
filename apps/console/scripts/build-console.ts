import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { pageStyle } from '@copse/charts'
import { build } from 'esbuild'

const ROOM = fileURLToPath(new URL('..', import.meta.url))

export interface Built {
  readonly bytes: number
  /** Of all files, each compressed for itself, as they are sent. */
  readonly gzipped: number
}

/**
 * Bundles the page into `directory`: `index.html`, and `assets` with a hash of their content in their names. The folder appears
 * whole or not at all.
 */
export async function buildConsole(directory = join(ROOM, 'dist')): Promise<Built> {
  const temporary = `${directory}.${process.pid}`
  await rm(temporary, { recursive: true, force: true })
  await mkdir(temporary, { recursive: true })
  const { metafile } = await build({
    absWorkingDir: ROOM,
    entryPoints: ['src/main.ts', 'src/theme.ts', 'src/style.css', 'src/icon.svg'],
    outdir: join(temporary, 'assets'),
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    conditions: ['@copse/source', 'browser'],
    loader: { '.svg': 'copy' },
    plugins: [
      {
        name: 'charts-style',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^charts\.css$/ }, ({ path }) => ({ path, namespace: 'charts' }))
          onLoad({ filter: /./, namespace: 'charts' }, () => ({ contents: pageStyle(), loader: 'css' }))
        },
      },
    ],
    metafile: true,
    logLevel: 'warning',
  })
  const names: Record<string, string> = {}
  for (const [path, { entryPoint, inputs }] of Object.entries(metafile.outputs)) {
    const source = entryPoint ?? (path.endsWith('.svg') ? Object.keys(inputs)[0] : undefined)
    const name = source && /([\w-]+)\.\w+$/.exec(source)?.[1]
    if (name) names[name] = `assets/${path.slice(path.lastIndexOf('/') + 1)}`
  }
  const template = await readFile(join(ROOM, 'src/index.html'), 'utf8')
  const page = template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const path = names[name]
    if (path === undefined) throw new Error(`index.html asks for ${name}, which is not built.`)
    return path
  })
  await writeFile(join(temporary, 'index.html'), page)
  await rm(directory, { recursive: true, force: true })
  await rename(temporary, directory)
  return measure(directory)
}

async function measure(directory: string): Promise<Built> {
  const files = [join(directory, 'index.html')]
  for (const name of await readdir(join(directory, 'assets'))) files.push(join(directory, 'assets', name))
  const contents = await Promise.all(files.map((path) => readFile(path)))
  return {
    bytes: contents.reduce((sum, { length }) => sum + length, 0),
    gzipped: contents.reduce((sum, content) => sum + gzipSync(content, { level: 9 }).length, 0),
  }
}
