import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Order } from './tables.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
/** Rows of one request. */
const BATCH = 50

async function post(url: string, body: unknown): Promise<Response> {
  return fetch(url, { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(body) })
}

/** Asks in every dialect: batches of the service's own, and one request each of MLflow's and the Open Inference Protocol's. */
export async function ask(url: string, rows: readonly Order[]): Promise<string[]> {
  const ids: string[] = []
  for (let start = 0; start < rows.length; start += BATCH) {
    const batch = rows.slice(start, start + BATCH)
    const answer = await post(`${url}/predict`, { rows: batch.map(({ features }) => features) })
    if (answer.status !== 200) throw new Error(`${answer.status}: ${await answer.text()}`)
    await answer.arrayBuffer()
    const id = answer.headers.get('x-prediction-id')!
    ids.push(...batch.map((_, index) => `${id}.${index}`))
  }
  return ids
}

/** The same rows in the other dialects. */
export async function askOthers(url: string, model: string, rows: readonly Order[]): Promise<number[]> {
  const column = (name: keyof Order['features'], datatype: string) => ({
    name,
    datatype,
    shape: [rows.length, 1],
    data: rows.map(({ features }) => features[name]),
  })
  const inputs = [column('weight', 'FP64'), column('distance', 'FP64'), column('hour', 'FP64'), column('kind', 'BYTES')]
  const answers = [
    await post(`${url}/invocations`, { dataframe_records: rows.map(({ features }) => features) }),
    await post(`${url}/v2/models/${model}/infer`, { inputs }),
  ]
  for (const answer of answers) await answer.arrayBuffer()
  return answers.map(({ status }) => status)
}

/** Sends the label of each prediction. */
export async function label(url: string, ids: readonly string[], labels: readonly (string | number)[]): Promise<void> {
  const feedback = ids.map((id, index) => ({ prediction_id: id, label: labels[index] }))
  for (let start = 0; start < feedback.length; start += BATCH) {
    const answer = await post(`${url}/feedback`, { labels: feedback.slice(start, start + BATCH) })
    if (answer.status >= 300) throw new Error(`${answer.status}: ${await answer.text()}`)
    await answer.arrayBuffer()
  }
}

/**
 * What a service of one request at a time does badly: a request that holds its place for 60 ms, one that is refused
 * meanwhile, and one for a model that is not loaded. Answers the three statuses.
 */
export async function trouble(url: string, row: Order, absent: string): Promise<number[]> {
  const body = JSON.stringify({ features: row.features })
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  const head = `POST /predict HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`
  socket.write(head + body.slice(0, 5))
  await sleep(60)
  const refused = await post(`${url}/predict`, { features: row.features })
  await refused.arrayBuffer()
  socket.write(body.slice(5))
  let text = ''
  for await (const chunk of socket) text += chunk
  const unloaded = await post(`${url}/v2/models/${absent}/infer`, { inputs: [] })
  await unloaded.arrayBuffer()
  return [Number(text.slice(9, 12)), refused.status, unloaded.status]
}
