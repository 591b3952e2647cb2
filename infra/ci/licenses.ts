import { text } from 'node:stream/consumers'

/** Licences that ask for no more than their own text; `pnpm licenses list --json` comes on standard input. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
])

interface Package {
  readonly name: string
  readonly versions: readonly string[]
}

const found = JSON.parse(await text(process.stdin)) as Record<string, readonly Package[]>
const refused = Object.entries(found).filter(
  ([licence]) =>
    !licence
      .replace(/[()]/g, '')
      .split(' OR ')
      .some((one) => ALLOWED.has(one)),
)
for (const [licence, packages] of refused) {
  for (const { name, versions } of packages)
    console.error(`${name} ${versions.join(', ')} is under ${licence}, which is not on the list.`)
}
console.log(
  `${Object.values(found).flat().length} packages, ${Object.keys(found).length} licences, ${refused.length} refused`,
)
process.exitCode = refused.length === 0 ? 0 : 1
