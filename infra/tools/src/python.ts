import { join } from 'node:path'
import { cached } from './cache.ts'
import { output } from './run.ts'

const REQUIREMENTS = join(import.meta.dirname, '..', 'requirements.txt')

export interface PythonTools {
  readonly hadolint: string
  readonly shellcheck: string
  readonly zizmor: string
  readonly python: string
}

/**
 * The paths of the programs in requirements.txt, installed on first use into an environment of their own.
 * @throws ToolsError TOOLS_ERR_ABSENT without Python, TOOLS_ERR_BUILD when they do not install
 */
export async function pythonTools(): Promise<PythonTools> {
  const directory = await cached('python', [REQUIREMENTS], '1', async (draft) => {
    await output('python3', ['-m', 'venv', draft])
    await output(join(draft, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', '--requirement', REQUIREMENTS])
  })
  // The scripts of an environment name the path it was made at; the interpreter finds its packages from anywhere.
  const bin = (name: string) => join(directory, 'bin', name)
  return { hadolint: bin('hadolint'), shellcheck: bin('shellcheck'), zizmor: bin('zizmor'), python: bin('python') }
}
