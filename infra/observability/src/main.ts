import { writeFile } from 'node:fs/promises'
import { DASHBOARDS, file, text } from './dashboards/all.ts'

for (const dashboard of DASHBOARDS) await writeFile(file(dashboard), text(dashboard))
