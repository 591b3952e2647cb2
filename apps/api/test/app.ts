import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import type { Test } from 'tap'
import { type AppOptions, type AppSettings, buildApp } from '../src/app.ts'
import type { Origin } from '../src/model/served.ts'
import type { Located, ModelSource } from '../src/model/source.ts'
import { type Files, irisFiles, writeBundle } from './bundle.ts'

export const ORIGIN: Origin = {
  reference: 'models:/iris@champion',
  name: 'iris',
  version: '1',
  aliases: ['champion'],
  runId: 'run-1',
  tags: { 'copse.accuracy': '0.9667' },
  registeredAt: Date.UTC(2026, 0, 2, 3, 4, 5),
  stale: false,
}

/** A source that a test steers: `located` is what it finds, an error is thrown. */
export class TestSource implements ModelSource {
  readonly reference: string
  readonly name: string
  readonly remote: boolean
  /** What it finds at first. */
  readonly found: Located
  located: Located | Error
  calls = 0
  closed = false

  constructor(directory: string, remote = false, name = ORIGIN.name, reference = ORIGIN.reference) {
    this.reference = reference
    this.name = name
    this.remote = remote
    this.found = { directory, origin: { ...ORIGIN, name, reference }, bundleSha256: undefined }
    this.located = this.found
  }

  async locate(): Promise<Located> {
    this.calls++
    if (this.located instanceof Error) throw this.located
    return this.located
  }

  async close(): Promise<void> {
    this.closed = true
  }
}

export const SETTINGS: AppSettings = {
  host: '127.0.0.1',
  pollIntervalMs: 60_000,
  metricsPort: undefined,
  apiKeysFile: undefined,
  rateLimit: 0,
  maxConcurrency: 256,
  // Whether a test's machine is busy must not decide.
  maxDelayMs: 0,
  deadlineMs: 0,
  predictionLog: undefined,
  segments: [],
}

export interface Built {
  readonly app: FastifyInstance
  readonly source: TestSource
  /** The bundle's directory. */
  readonly directory: string
}

/** An app that serves a bundle, closed at the end of the test. */
export async function build(
  t: Test,
  files: Files = irisFiles(),
  settings: Partial<AppOptions['settings']> = {},
): Promise<Built> {
  const built = await buildUnloaded(t, files, settings)
  const { error } = await built.app.models.default.reload()
  if (error !== undefined) throw error
  return built
}

/** The same before any model is loaded. */
export async function buildUnloaded(
  t: Test,
  files: Files = irisFiles(),
  settings: Partial<AppOptions['settings']> = {},
  remote = false,
  logger?: AppOptions['logger'],
): Promise<Built> {
  const directory = writeBundle(t.testdir(), files)
  const source = new TestSource(directory, remote)
  const app = await buildApp({
    sources: [source],
    settings: { ...SETTINGS, ...settings },
    ...(logger && { logger }),
  })
  t.teardown(() => app.close())
  return { app, source, directory }
}

export const JSON_TYPE = { 'content-type': 'application/json' }

/** `POST /predict` with a JSON text or a value to be made one. */
export async function predict(app: FastifyInstance, body: unknown): Promise<LightMyRequestResponse> {
  const payload = typeof body === 'string' ? body : JSON.stringify(body)
  return app.inject({ method: 'POST', url: '/predict', headers: JSON_TYPE, payload })
}
