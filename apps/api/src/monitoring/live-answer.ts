import type { LiveAnswer } from '../schemas/monitoring.ts'
import { LIVE_STEP, type Live, type LivePoint } from './live.ts'

/** What `GET /monitoring/live` answers. */
export function liveAnswer(live: Live, processes: number, now = Date.now()): LiveAnswer {
  return {
    processes,
    step_seconds: LIVE_STEP,
    now: shown(live.latest(now)),
    series: live.series(now).map(shown),
  }
}

function shown(point: LivePoint): LiveAnswer['now'] {
  const { time, requestsPerSecond, errorsPerSecond, predictionsPerSecond, p50, p95, p99 } = point
  return {
    time: new Date(time).toISOString(),
    requests_per_second: requestsPerSecond,
    errors_per_second: errorsPerSecond,
    predictions_per_second: predictionsPerSecond,
    latency_seconds: { p50, p95, p99 },
  }
}
