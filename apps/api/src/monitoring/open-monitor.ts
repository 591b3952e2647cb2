import { access, constants, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { FileSink, PredictionLog, StreamSink } from '@copse/monitoring'
import type { FastifyBaseLogger } from 'fastify'
import { ApiError } from '../errors.ts'
import type { Settings } from '../settings.ts'
import { Monitor } from './monitor.ts'
import type { PredictionLogSettings } from './settings.ts'
import { StateStore } from './state-store.ts'

/**
 * The monitor that the settings ask for.
 * @throws ApiError API_ERR_SETTING when predictions cannot be logged where they shall
 */
export async function openMonitor(settings: Settings, log: FastifyBaseLogger): Promise<Monitor> {
  const { predictionLog, driftWindowMs, feedbackWindowMs, driftIntervalMs, driftMinimum } = settings
  return new Monitor({
    windowMs: driftWindowMs,
    feedbackMs: feedbackWindowMs,
    intervalMs: driftIntervalMs,
    check: { leastRows: driftMinimum },
    parts: {
      store: new StateStore(join(settings.home, 'monitoring'), log),
      ...(predictionLog && { log: await openLog(predictionLog, log) }),
    },
  })
}

async function openLog(settings: PredictionLogSettings, log: FastifyBaseLogger): Promise<PredictionLog> {
  const { segmentBytes, segmentMs, sync } = settings
  const onError = (error: unknown) =>
    log.error({ reason: (error as Error).message }, 'predictions cannot be logged; they are dropped and counted')
  return new PredictionLog(await openSink(settings), { segmentBytes, segmentMs, sync, onError })
}

async function openSink({ to, retainMs, retainBytes }: PredictionLogSettings) {
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
  const sink = new FileSink({ directory, retainMs, retainBytes })
  await sink.recover()
  return sink
}
