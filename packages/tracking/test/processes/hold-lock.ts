import { acquireLock } from '../../src/lock.ts'

await acquireLock(process.argv[2]!)
console.log('held')
setInterval(() => {}, 1000)
