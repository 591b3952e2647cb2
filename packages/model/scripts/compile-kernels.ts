import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Kernel modules: name of the entry in kernels/ and of the generated module in src/kernels/. */
export const KERNELS = ['train', 'predict'] as const

const FLAGS = [
  '-O3',
  '--noAssert',
  '--runtime',
  'stub',
  '--enable',
  'simd',
  '--importMemory',
  '--initialMemory',
  '1',
  '--memoryBase',
  '1024',
]

/** Training shares its plan between threads; a forest's memory belongs to it alone. */
const THREADS = ['--enable', 'threads', '--sharedMemory', '--maximumMemory', '65536']

/** The part of the compiler that is used; its own types would change those of `console` for the whole project. */
interface Compiler {
  main(
    args: readonly string[],
    files: {
      readFile(file: string): Promise<string | null>
      writeFile(file: string, contents: string | Uint8Array): void
      listFiles(): string[]
    },
  ): Promise<{ error: Error | null; stderr: object }>
}

const SOURCES = fileURLToPath(new URL('../kernels/', import.meta.url))
const GENERATED = fileURLToPath(new URL('../src/kernels/', import.meta.url))

/** The text of the generated module of a kernel; the same sources give the same bytes. */
export async function compileKernel(name: string): Promise<string> {
  const { default: asc }: { default: Compiler } = await import('assemblyscript/asc' as string)
  let binary: Uint8Array | undefined
  const { error, stderr } = await asc.main(
    [`${name}.ts`, '--outFile', `${name}.wasm`, ...FLAGS, ...DEBUG, ...(name === 'train' ? THREADS : [])],
    {
      readFile: (file) => readFile(join(SOURCES, file), 'utf8').catch(() => null),
      writeFile: (file, contents) => {
        if (file.endsWith('.wasm')) binary = contents as Uint8Array
      },
      listFiles: () => [],
    },
  )
  if (error || binary === undefined) throw new Error(`Kernel ${name} does not compile.\n${stderr}`, { cause: error })
  return `// Generated from kernels/${name}.ts by \`pnpm --filter @copse/model run kernels\`; do not edit.\nexport default '${Buffer.from(binary).toString('base64')}'\n`
}

export function generatedFile(name: string): string {
  return `${GENERATED}${name}.ts`
}

const DEBUG = process.argv.includes('--debug') ? ['--debug'] : []

if (import.meta.main) {
  for (const name of KERNELS) {
    const text = await compileKernel(name)
    await writeFile(generatedFile(name), text)
    console.log(`src/kernels/${name}.ts: ${text.length} characters`)
  }
}
