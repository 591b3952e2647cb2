import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/*
 * Stands in for tap, whose command line follows its own: writes a document with a failure for the last argument, says in the
 * file STAND_IN_LOG where, and ends with 3 once it has looked long enough that another run would have been in its way.
 */
const directory = process.argv.find((flag) => flag.startsWith('--output-dir='))?.slice('--output-dir='.length) ?? ''
const file = process.argv.at(-1) ?? ''
writeFileSync(join(directory, `${file}.tap`), 'TAP version 14\nok 1 - a\nnot ok 2 - b\n1..2\n')
writeFileSync(process.env.STAND_IN_LOG ?? '', directory)
await new Promise((wake) => setTimeout(wake, 300))
process.exitCode = readdirSync(directory).length === 1 ? 3 : 4
