import { readFileSync } from 'node:fs'

const CHECK_MS = 500

/**
 * Calls `gone` once when the program that started this one ends: over the IPC channel, or when started by a package
 * manager's script, which passes no signal on when it is killed alone.
 */
export function watchParent(scripted: boolean, gone: () => void): void {
  if (process.send !== undefined) process.once('disconnect', gone)
  if (!scripted) return
  const links = launcherLinks()
  const timer = setInterval(() => {
    if (links.every(({ pid, parent }) => parentOf(pid) === parent)) return
    clearInterval(timer)
    gone()
  }, CHECK_MS).unref()
}

/** While process `pid` has the parent `parent`, the parent lives. */
interface Link {
  readonly pid: number
  readonly parent: number
}

/**
 * The links from this process up to the topmost npm, npx or pnpm, over the `sh -c` that they put in between. What started
 * that one may end: it may have been meant to. Above the parent this needs /proc, so Linux.
 */
function launcherLinks(): Link[] {
  const links: Link[] = [{ pid: process.pid, parent: process.ppid }]
  let known = 1
  for (let pid = process.ppid; pid > 1; pid = parentOf(pid) ?? 0) {
    const command = proc(pid, 'cmdline').split('\0')
    if (isPackageManager(command)) known = links.length
    else if (!isScriptShell(command)) break
    links.push({ pid, parent: parentOf(pid) ?? 0 })
  }
  return links.slice(0, known)
}

function isPackageManager(command: readonly string[]): boolean {
  return command.slice(0, 2).some((word) => /(^|[\\/ ])(npm|npx|pnpm)(-cli|\.[cm]?js|$|[ .])/.test(word))
}

function isScriptShell([shell = '', flag]: readonly string[]): boolean {
  return /(^|\/)(sh|dash|bash)$/.test(shell) && flag === '-c'
}

function parentOf(pid: number): number | undefined {
  if (pid === process.pid) return process.ppid
  // The name stands in parentheses and may hold spaces; the parent is the second field after it.
  const parent = Number(proc(pid, 'stat').split(') ').at(-1)!.split(' ')[1])
  return Number.isInteger(parent) ? parent : undefined
}

function proc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}
