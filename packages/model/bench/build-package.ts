import { fileURLToPath } from 'node:url'
import { run } from './peers/make-venv.ts'

/**
 * Builds what users install, for new processes without `--conditions=@copse/source`: those of the sources strip types in each
 * thread, and the compiling of what strips them goes on beside what is measured.
 */
export function buildPackage(): void {
  const compiler = fileURLToPath(new URL('bin/tsc', import.meta.resolve('typescript/package.json')))
  run(process.execPath, [compiler, '-p', fileURLToPath(new URL('../tsconfig.build.json', import.meta.url))])
}
