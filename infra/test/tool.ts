import { spawn } from 'node:child_process'
import type { Test } from 'tap'
import {
  type GoTool,
  goTool,
  kubernetesSchemas,
  type PythonTools,
  pythonTools,
  ToolsError,
} from '../tools/src/index.ts'

/** The path of a program that judges, or undefined after saying that the test was not run, where there is no Go or Python. */
export async function tool(t: Test, name: GoTool | keyof PythonTools | 'schemas'): Promise<string | undefined> {
  try {
    if (name === 'schemas') return await kubernetesSchemas()
    if (name === 'hadolint' || name === 'shellcheck' || name === 'zizmor' || name === 'python') {
      return (await pythonTools())[name]
    }
    return await goTool(name)
  } catch (error) {
    if (!(error instanceof ToolsError) || error.code !== 'TOOLS_ERR_ABSENT') throw error
    t.pass(name, { skip: `${name} cannot be made: ${error.message}` })
    return undefined
  }
}

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end, with `input` on its standard input. */
export function program(file: string, args: readonly string[], input = ''): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args)
    const out = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        out[name] += text
      })
    }
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, ...out }))
    // A program that needs no input may end before it has read it.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}
