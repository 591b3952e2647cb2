import { join } from 'node:path'
import { goTool } from './go.ts'
import { output } from './run.ts'

/** Writes the README of each chart from its template and its values. */
await output(await goTool('helm-docs'), ['--chart-search-root', join(import.meta.dirname, '..', '..', 'helm')])
