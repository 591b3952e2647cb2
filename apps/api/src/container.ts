import { ApiError } from './errors.ts'
import { probe } from './probe.ts'

/** The port at which SageMaker and its like look for `/ping` and `/invocations`. */
const SERVE_PORT = '8080'

/** The process of the container image: the service; with `serve` the service on port 8080; with `probe` a client of it. */
const [command, ...rest] = process.argv.slice(2)
if (command === 'probe') {
  try {
    process.stdout.write(`${await probe(rest, process.env)}\n`)
  } catch (error) {
    process.stderr.write(`${error instanceof ApiError ? error.message : (error as Error).stack}\n`)
    process.exit(1)
  }
} else {
  if (command === 'serve') process.argv.splice(2, 1, '--port', SERVE_PORT)
  await import('./main.ts')
}
