import { hash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Names of the files that `SHA256SUMS` of a directory lists; throws when a sum is wrong or a file is not listed. */
export function checkSums(directory: string): string[] {
  const names: string[] = []
  for (const line of readFileSync(join(directory, 'SHA256SUMS'), 'utf8').trimEnd().split('\n')) {
    const [, sum, name] = /^([0-9a-f]{64}) {2}(\S+)$/.exec(line) ?? []
    if (name === undefined) throw new Error(`not a line of sums: ${line}`)
    if (hash('sha256', readFileSync(join(directory, name))) !== sum) throw new Error(`the sum of ${name} is wrong`)
    names.push(name)
  }
  const unlisted = readdirSync(directory).filter(
    (name) => !names.includes(name) && !/^(SHA256SUMS|MLmodel)$/.test(name),
  )
  if (unlisted.length > 0) throw new Error(`not listed: ${unlisted}`)
  return names
}
