import { access, constants, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { FileSink, PredictionLog, StreamSink } from '@copse/monitoring'
import type { FastifyBaseLogger } from 'fastify'
import { ApiError } from '../errors.ts'
import type { Settings } from '../settings.ts'
import { Monitor, type MonitorParts } from './monitor.ts'
import type { PredictionLogSettings } from './settings.ts'
import { StateStore } from './state-store.ts'
import { Upload } from './upload.ts'
import { Webhook } from './webhook.ts'

/**
 * The monitor that the settings ask for.
 * @throws ApiError API_ERR_SETTING when predictions cannot be logged where they shall
 */
export async function openMonitor(settings: Settings, log: FastifyBaseLogger): Promise<Monitor> {
  const { predictionLog, driftWebhook, segments, driftWindowMs, feedbackWindowMs, driftIntervalMs, driftMinimum } =
    settings
  return new Monitor({
    windowMs: driftWindowMs,
    feedbackMs: feedbackWindowMs,
    intervalMs: driftIntervalMs,
    check: { leastRows: driftMinimum },
    segments,
    parts: {
      store: new StateStore(join(settings.home, 'monitoring'), log),
      ...(predictionLog && (await openLog(predictionLog, log))),
      ...(driftWebhook && { webhook: openWebhook(driftWebhook, log) }),
    },
  })
}

function openWebhook(url: string, log: FastifyBaseLogger): Webhook {
  const onFailure = (reason: string) => log.error({ reason }, 'the webhook was not told of the drift')
  return new Webhook({ url, onFailure })
}

async function openLog(settings: PredictionLogSettings, log: FastifyBaseLogger): Promise<MonitorParts> {
  const { segmentBytes, segmentMs, sync } = settings
  const onError = (error: unknown) =>
    log.error({ reason: (error as Error).message }, 'predictions cannot be logged; they are dropped and counted')
  const upload = openUpload(settings, log)
  const sink = await openSink(settings, upload)
  void upload?.addAll()
  return { log: new PredictionLog(sink, { segmentBytes, segmentMs, sync, onError }), ...(upload && { upload }) }
}

function openUpload({ to, upload }: PredictionLogSettings, log: FastifyBaseLogger): Upload | undefined {
  if (upload === undefined || to === 'stdout') return undefined
  const onFailure = (path: string, reason: string) =>
    log.error({ path, reason }, 'a segment of the prediction log was not uploaded; it stays and is tried again')
  return new Upload(to.directory, { settings: upload, onFailure })
}

async function openSink({ to, retainMs, retainBytes }: PredictionLogSettings, upload: Upload | undefined) {
  if (to === 'stdout') return new StreamSink()
  const { directory } = to
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    await access(directory, constants.W_OK)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new ApiError(
      'API_ERR_SETTING',
      `COPSE_PREDICTION_LOG (--prediction-log) must be off, stdout or a directory to write to, and ${directory} is not (${code}).`,
      { cause },
    )
  }
  const sink = new FileSink({ directory, retainMs, retainBytes, onClosed: (path) => upload?.add(path) })
  await sink.recover()
  return sink
}
