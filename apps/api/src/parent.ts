const CHECK_MS = 500

/**
 * Calls `gone` once when the program that started this one ends: over the IPC channel, or when started by a package
 * manager's script, which passes no signal on when it is killed alone.
 */
export function watchParent(scripted: boolean, gone: () => void): void {
  if (process.send !== undefined) process.once('disconnect', gone)
  if (!scripted) return
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    gone()
  }, CHECK_MS).unref()
}
