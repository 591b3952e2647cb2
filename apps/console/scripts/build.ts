import { buildConsole } from './build-console.ts'

const { bytes, gzipped } = await buildConsole()
console.log(`The page: ${bytes} bytes in dist, ${gzipped} compressed`)
