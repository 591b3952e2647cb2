import { ExecaError, execa } from 'execa'
import { DeployError, type DeployErrorCode } from './errors.ts'

export interface RunOptions {
  /** Text on its standard input. */
  readonly input?: string
  readonly cwd?: string
  /** Exit codes that are answers. Default: 0. */
  readonly answers?: readonly number[]
  /** Seconds after which it is killed. */
  readonly timeout?: number
}

export interface Ran {
  readonly code: number
  readonly stdout: string
}

/** Runs the programs that a deployment is made of; all of them end when `signal` fires. */
export class Tools {
  readonly #signal: AbortSignal

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  get signal(): AbortSignal {
    return this.#signal
  }

  /**
   * Runs a program to its end.
   * @throws DeployError `code` with the last line it wrote on stderr; DEPLOY_ERR_TOOL when it is not there,
   * DEPLOY_ERR_INTERRUPTED when the signal fired
   */
  async run(code: DeployErrorCode, file: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    const { input = '', cwd, answers = [0], timeout = 600 } = options
    try {
      const { stdout } = await execa(file, args, {
        input,
        ...(cwd !== undefined && { cwd }),
        cancelSignal: this.#signal,
        timeout: timeout * 1000,
        killDescendants: true,
      })
      return { code: 0, stdout }
    } catch (error) {
      if (!(error instanceof ExecaError)) throw error
      if (error.exitCode !== undefined && answers.includes(error.exitCode)) {
        return { code: error.exitCode, stdout: String(error.stdout ?? '') }
      }
      throw this.#refusal(code, file, args, error, timeout)
    }
  }

  #refusal(
    code: DeployErrorCode,
    file: string,
    args: readonly string[],
    error: ExecaError,
    timeout: number,
  ): DeployError {
    const what = `${file} ${args[0] ?? ''}`.trim()
    if (this.#signal.aborted)
      return new DeployError('DEPLOY_ERR_INTERRUPTED', `${what} was interrupted.`, { cause: error })
    if (error.code === 'ENOENT') {
      return new DeployError('DEPLOY_ERR_TOOL', `${file} is not on PATH; it is needed to deploy.`, { cause: error })
    }
    if (error.timedOut) return new DeployError(code, `${what} did not end within ${timeout} s.`, { cause: error })
    const said = lastLine(error.stderr) ?? lastLine(error.stdout) ?? 'it said nothing'
    return new DeployError(code, `${what} failed with exit status ${error.exitCode ?? error.signal}: ${said}`, {
      cause: error,
    })
  }
}

function lastLine(text: unknown): string | undefined {
  return typeof text === 'string' ? text.trimEnd().split('\n').at(-1) || undefined : undefined
}
