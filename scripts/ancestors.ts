import { readFileSync } from 'node:fs'

const CHECK_MS = 500

/**
 * Calls `gone` once when the program that started this one ends: its parent, and above it every npm, npx or pnpm that it
 * runs under. Those pass no signal on when they are killed alone. Above the parent this needs /proc (Linux).
 */
export function watchAncestors(gone: () => void): void {
  const links = ancestry()
  const timer = setInterval(() => {
    if (links.every(({ pid, parent }) => parentOf(pid) === parent)) return
    clearInterval(timer)
    gone()
  }, CHECK_MS).unref()
}

/** Each link says: process `pid` has the parent `parent`; a link that no longer holds means that the parent ended. */
function ancestry(): { pid: number; parent: number }[] {
  const links = [{ pid: process.pid, parent: process.ppid }]
  for (let pid = process.ppid; isPackageManager(pid); pid = links.at(-1)!.parent) {
    const parent = parentOf(pid)
    if (parent === undefined || parent <= 1 || !isPackageManager(parent)) break
    links.push({ pid, parent })
  }
  return links
}

function parentOf(pid: number): number | undefined {
  if (pid === process.pid) return process.ppid
  // The name, field 2, stands in parentheses and may hold spaces; the parent is the second field after it.
  const fields = proc(pid, 'stat').split(') ').at(-1)!.split(' ')
  return fields.length > 1 ? Number(fields[1]) : undefined
}

function isPackageManager(pid: number): boolean {
  return /\b(npm|npx|pnpm)\b/.test(proc(pid, 'cmdline'))
}

function proc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}
