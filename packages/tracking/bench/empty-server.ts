import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Answers a run's requests at once and keeps nothing: a server to warm a client up with, as a process of its own. */
const server = createServer(async (request, response) => {
  for await (const _ of request);
  response.end(JSON.stringify(answer(request.url ?? '')))
})
server.listen(0, '127.0.0.1', () => process.send!(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
process.on('disconnect', () => process.exit())

function answer(url: string): object {
  if (url.includes('/experiments/')) return { experiment: { experiment_id: '1', lifecycle_stage: 'active' } }
  if (url.endsWith('/runs/create')) return { run: { info: { run_id: 'r', artifact_uri: 'mlflow-artifacts:/1/r' } } }
  return {}
}
