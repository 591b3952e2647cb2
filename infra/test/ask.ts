import { setTimeout as sleep } from 'node:timers/promises'

const ANSWER_MS = 10_000
const READY_SECONDS = 60

/** Waits until a condition holds; one that throws does not hold yet. Looks again every `ms` milliseconds. */
export async function until(what: string, seconds: number, holds: () => Promise<boolean>, ms = 250): Promise<void> {
  let why: unknown
  for (const end = Date.now() + seconds * 1000; ; await sleep(ms)) {
    try {
      if (await holds()) return
      why = undefined
    } catch (error) {
      why = error
    }
    if (Date.now() > end) throw new Error(`${what}: not so within ${seconds} s`, { cause: why })
  }
}

/** Waits until a URL answers 200; answers the milliseconds that it took. */
export async function untilReady(url: string): Promise<number> {
  const started = performance.now()
  const isReady = async () => (await fetch(url, { signal: AbortSignal.timeout(1000) })).status === 200
  await until(`${url} answers 200`, READY_SECONDS, isReady, 25)
  return performance.now() - started
}

/** The JSON that a URL answers. */
export async function json<T = unknown>(url: string, headers: Readonly<Record<string, string>> = {}): Promise<T> {
  const answer = await fetch(url, { headers, signal: AbortSignal.timeout(ANSWER_MS) })
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as T
}
