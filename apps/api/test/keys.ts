import { hash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'

/** A keys file in which the key of each name is `NAME-key`. */
export function keysFile(t: Test, scopes: Readonly<Record<string, string>>): string {
  const lines = Object.entries(scopes).map(
    ([name, list]) => `${name} ${list} sha256:${hash('sha256', `${name}-key`)}\n`,
  )
  const directory = mkdtempSync(join(tmpdir(), 'copse-keys-'))
  t.teardown(() => rmSync(directory, { recursive: true }))
  const file = join(directory, 'keys')
  writeFileSync(file, lines.join(''))
  return file
}
