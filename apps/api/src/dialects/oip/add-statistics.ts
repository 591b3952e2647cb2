import type { Duration, ModelStats, Parts } from './statistics.ts'

/** The statistics of several processes as one entry for each model and version, in the order of their first appearance. */
export function addStatistics(lists: readonly (readonly ModelStats[])[]): ModelStats[] {
  const sums = new Map<string, ModelStats>()
  for (const stats of lists.flat()) {
    const key = JSON.stringify([stats.name, stats.version])
    const sum = sums.get(key)
    sums.set(key, sum === undefined ? stats : addTwo(sum, stats))
  }
  return [...sums.values()]
}

function addTwo(a: ModelStats, b: ModelStats): ModelStats {
  const [s, t] = [a.inference_stats, b.inference_stats]
  return {
    name: a.name,
    version: a.version,
    last_inference: Math.max(a.last_inference, b.last_inference),
    inference_count: a.inference_count + b.inference_count,
    execution_count: a.execution_count + b.execution_count,
    inference_stats: {
      success: add(s.success, t.success),
      fail: add(s.fail, t.fail),
      queue: add(s.queue, t.queue),
      ...addParts(s, t),
      cache_hit: add(s.cache_hit, t.cache_hit),
      cache_miss: add(s.cache_miss, t.cache_miss),
    },
    batch_stats: addBatches(a.batch_stats, b.batch_stats),
  }
}

function addBatches(a: ModelStats['batch_stats'], b: ModelStats['batch_stats']): ModelStats['batch_stats'] {
  const sums = new Map(a.map((batch) => [batch.batch_size, batch]))
  for (const batch of b) {
    const { batch_size } = batch
    const sum = sums.get(batch_size)
    sums.set(batch_size, sum === undefined ? batch : { batch_size, ...addParts(sum, batch) })
  }
  return [...sums.values()]
}

function addParts(a: Parts, b: Parts): Parts {
  return {
    compute_input: add(a.compute_input, b.compute_input),
    compute_infer: add(a.compute_infer, b.compute_infer),
    compute_output: add(a.compute_output, b.compute_output),
  }
}

function add(a: Duration, b: Duration): Duration {
  return { count: a.count + b.count, ns: a.ns + b.ns }
}
