import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Test } from 'tap'
import { startServer, write } from './programs.ts'

export interface Notice {
  readonly status: 'firing' | 'resolved'
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

/** A real Alertmanager whose receiver is this process. */
export async function startAlertmanager(t: Test, directory: string) {
  const notices: Notice[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
    request.on('end', () => {
      notices.push(...(JSON.parse(text) as { alerts: Notice[] }).alerts)
      response.end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const config = {
    route: { receiver: 'test', group_by: ['alertname'], group_wait: '1s', group_interval: '2s' },
    receivers: [{ name: 'test', webhook_configs: [{ url: `http://127.0.0.1:${port}/` }] }],
  }
  await write(join(directory, 'alertmanager.yaml'), JSON.stringify(config))
  const url = await startServer(t, 'prometheus-alertmanager', directory, [
    `--config.file=${join(directory, 'alertmanager.yaml')}`,
    `--storage.path=${join(directory, 'data')}`,
    '--cluster.listen-address=',
  ])
  return { url, notices }
}
