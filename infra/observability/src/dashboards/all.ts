import { join } from 'node:path'
import type { Dashboard } from '@grafana/schema'
import { drift } from './drift.ts'
import { modelDashboard } from './model.ts'
import { runtime } from './runtime.ts'
import { service } from './service.ts'

export const DASHBOARDS: readonly Dashboard[] = [service, modelDashboard, drift, runtime]

/** Where a dashboard's JSON is kept. */
export function file({ uid }: Dashboard): string {
  const name = `${uid?.replace('copse-', '')}.json`
  return join(import.meta.dirname, '..', '..', '..', 'grafana', 'dashboards', name)
}

export function text(dashboard: Dashboard): string {
  return `${JSON.stringify(dashboard, null, 2)}\n`
}
