import { styleText } from 'node:util'
import type { Pod } from './cluster.ts'
import type { Answer, Verified } from './endpoints.ts'
import type { Revision } from './release.ts'

/** What runs, and how it came to. */
export interface Report {
  readonly release: string
  readonly namespace: string
  /** undefined when it is not installed. */
  readonly revision: Revision | undefined
  readonly pods: readonly Pod[]
  readonly model: Verified['model'] | undefined
  readonly endpoints: readonly Answer[]
  /** Seconds by step, in order. */
  readonly timings: Readonly<Record<string, number>>
  /** What would change; only of a dry run. */
  readonly diff?: string
}

/** The report for people, at most 80 columns where names allow. */
export function reportText(report: Report): string {
  const { release, namespace, revision, pods, model, endpoints, timings, diff } = report
  if (diff !== undefined) return diff === '' ? 'Nothing would change.\n' : `${diff.trimEnd()}\n`
  if (revision === undefined) return `${release} is not installed in namespace ${namespace}.\n`
  const lines = [
    `${styleText('bold', release)} in namespace ${namespace}: revision ${revision.revision}, ${revision.status}`,
    ...(model ? [`Model: ${model.name} version ${model.version}, sha256 ${model.sha256.slice(0, 12)}`] : []),
    ...images(pods),
    '',
    ...pods.map(podLine),
  ]
  if (endpoints.length > 0) lines.push('', ...endpoints.map(endpointLine))
  const took = Object.entries(timings).map(([step, seconds]) => `  ${seconds.toFixed(1).padStart(6)} s  ${step}`)
  if (took.length > 0) lines.push('', ...took)
  return `${lines.join('\n')}\n`
}

function images(pods: readonly Pod[]): string[] {
  const seen = new Set(pods.map(({ image, imageId }) => `Image: ${image}${digest(imageId)}`))
  return [...seen]
}

function digest(imageId: string): string {
  const found = /sha256:[0-9a-f]{12}/.exec(imageId)?.[0]
  return found === undefined ? '' : `, ${found}`
}

function podLine({ name, ready, restarts, node }: Pod): string {
  return `  ${ready ? styleText('green', 'ready    ') : styleText('red', 'not ready')} ${name} on ${node || 'no node'}, ${restarts} restarts`
}

function endpointLine({ method, path, status, ms }: Answer): string {
  return `  ${status} ${method.padEnd(4)} ${path.padEnd(40)} ${String(ms).padStart(5)} ms`
}
