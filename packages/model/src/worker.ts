import { parentPort } from 'node:worker_threads'
import { Grower } from './grow.ts'
import { buffersOf } from './grown-tree.ts'
import { KernelGrower } from './kernel-grower.ts'
import { type Assignment, NEXT, STOP, THREADS } from './pool.ts'

// With no listener left the thread ends when its trees are grown.
parentPort?.once('message', grow)

function grow({ plan, control, share }: Assignment): void {
  const grower = share ? new KernelGrower(plan, share, Atomics.add(control, THREADS, 1)) : new Grower(plan)
  const claim = () => Atomics.add(control, NEXT, 1)
  for (let index = claim(); index < plan.trees; index = claim()) {
    const work = grower.grow(index)
    let step = work.next()
    while (!step.done && Atomics.load(control, STOP) === 0) step = work.next()
    if (!step.done) break
    parentPort?.postMessage({ index, tree: step.value }, buffersOf(step.value))
  }
}
