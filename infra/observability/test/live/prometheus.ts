import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { hurried, RULES, ruleFiles } from '../../src/rules.ts'
import { startServer, write } from './programs.ts'

/** Seconds between two scrapes, and between two evaluations of all rules. */
export const STEP = 2
/** What every alert waits in place of its own `for`: two evaluations. */
const WAIT = `${2 * STEP}s`

export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface Alert {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly state: 'pending' | 'firing'
}

/** A job and the host:port of its targets. */
export type Jobs = Readonly<Record<string, readonly string[]>>

/** A real Prometheus that scrapes `jobs` with the rules of the repository, hurried. */
export async function startPrometheus(t: Test, directory: string, jobs: Jobs, alertmanager: string) {
  for (const file of await ruleFiles()) {
    const text = await readFile(join(RULES, file), 'utf8')
    await write(join(directory, 'rules', file), hurried(text, WAIT))
  }
  const config = {
    global: { scrape_interval: `${STEP}s`, scrape_timeout: `${STEP}s`, evaluation_interval: `${STEP}s` },
    alerting: { alertmanagers: [{ static_configs: [{ targets: [new URL(alertmanager).host] }] }] },
    rule_files: ['rules/*.yaml'],
    scrape_configs: Object.entries(jobs).map(([job, targets]) => ({
      job_name: job,
      static_configs: [{ targets }],
    })),
  }
  // JSON is YAML.
  await write(join(directory, 'prometheus.yaml'), JSON.stringify(config))
  const url = await startServer(t, 'prometheus', directory, [
    `--config.file=${join(directory, 'prometheus.yaml')}`,
    `--storage.tsdb.path=${join(directory, 'data')}`,
  ])

  async function get<T>(path: string, parameters: Record<string, string> = {}): Promise<T> {
    const answer = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters)}`)
    const { data, error } = (await answer.json()) as { data: T; error?: string }
    if (error !== undefined) throw new Error(`${parameters.query ?? path}: ${error}`)
    return data
  }

  /** The answer to an expression as of now, or of `time` in seconds since 1970; a number has no labels. */
  async function query(expression: string, time?: number): Promise<Sample[]> {
    type Point = [number, string]
    type Answer =
      | { resultType: 'scalar'; result: Point }
      | { resultType: 'vector'; result: { metric: Record<string, string>; value: Point }[] }
    const answer = await get<Answer>('query', {
      query: expression,
      ...(time !== undefined && { time: String(time) }),
    })
    if (answer.resultType === 'scalar') return [{ labels: {}, value: Number(answer.result[1]) }]
    return answer.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }))
  }

  return {
    url,
    query,
    alerts: async () => (await get<{ alerts: Alert[] }>('alerts')).alerts,
    /** Rules whose last evaluation failed, with the reason. */
    async sickRules(): Promise<string[]> {
      type Groups = { groups: { rules: { name: string; health: string; lastError?: string }[] }[] }
      const { groups } = await get<Groups>('rules')
      return groups
        .flatMap(({ rules }) => rules)
        .flatMap(({ name, health, lastError }) => (health === 'err' ? [`${name}: ${lastError}`] : []))
    },
    /** Waits until the expression answers a vector that is not empty and of zeros only; fails after `seconds`. */
    async until(expression: string, seconds = 60): Promise<Sample[]> {
      for (const end = Date.now() + seconds * 1000; ; await sleep(200)) {
        const found = await query(expression)
        if (found.some(({ value }) => value !== 0)) return found
        if (Date.now() > end) throw new Error(`not within ${seconds} s: ${expression}`)
      }
    },
  }
}

export type Prometheus = Awaited<ReturnType<typeof startPrometheus>>
