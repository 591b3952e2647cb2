import { executionAsyncResource } from 'node:async_hooks'

const held: object[] = []

/**
 * Keeps one of the objects that `process.nextTick` queues, for the life of the process.
 *
 * Node makes them by a literal with computed keys. Between requests there is none of them, and a full collection of a process
 * at rest drops their hidden classes; V8 then takes that literal for one of many shapes, for good, and each tick, of which a
 * request has five, costs four calls into its runtime: about 10 us of CPU a request. As long as one is alive, so are the classes.
 */
export function holdTickShape(): void {
  process.nextTick(() => {
    if (held.length === 0) held.push(executionAsyncResource())
  })
}
