import { ENTROPY } from './criterion.ts'
import { CELLS } from './kernel-encoder.ts'
import { instantiateKernel, kernelModule } from './kernel-module.ts'
import { type WrittenPlan, writePlan } from './kernel-plan.ts'
import type { Plan } from './plan.ts'
import { MAX_WEIGHT } from './row-weights.ts'

/** What the kernels of a forest's threads share: one memory with the plan in it, and a place for each thread. */
export interface KernelShare extends Omit<WrittenPlan, 'end'> {
  readonly module: WebAssembly.Module
  /** Address of the first thread's workspace, and bytes of each. */
  readonly workspace: number
  readonly workspaceBytes: number
}

const PAGE = 65536

/** Most bytes of a WebAssembly memory. */
const MOST_BYTES = 65536 * PAGE

/** Whether the kernels can grow the trees of a plan; what they cannot is grown by the plain engine to the same trees. */
export function fitsKernel(plan: Plan): boolean {
  const { weights } = plan
  return (
    (plan.criterion !== ENTROPY || plan.entropyScale > 0) &&
    (plan.classes === 0 ? plan.fixed !== undefined || plan.range !== undefined : plan.classes >= 2) &&
    plan.rows * (weights === undefined || plan.weighed ? 1 : MAX_WEIGHT) < 2 ** 26 &&
    plan.rows * plan.stride * (plan.randomCuts ? 4 : 2) < 2 ** 32
  )
}

/** Puts a plan into a memory for `threads` kernels; undefined where the platform lacks what they need. */
export function* shareKernel(plan: Plan, threads: number): Generator<void, KernelShare | undefined> {
  try {
    const module = kernelModule()
    yield
    const { memory, end: workspace, ...written } = yield* writePlan(plan)
    const workspaceBytes =
      instantiateKernel<{ configure(plan: number, workspace: number): number }>(memory, module).configure(
        written.plan,
        0,
      ) >>> 0
    const bytes = workspace + threads * workspaceBytes
    if (bytes > MOST_BYTES) return undefined
    memory.grow(Math.max(0, Math.ceil(bytes / PAGE) - memory.buffer.byteLength / PAGE))
    return { memory, module, ...written, workspace, workspaceBytes }
  } catch {
    return undefined
  }
}

/** The plan with its largest arrays in the kernels' memory, so that they are there once. */
export function planIn({ memory, low, high }: KernelShare, plan: Plan): Plan {
  const valuesAt = (at: number, { length }: Float32Array) => new Float32Array(memory.buffer, at, length)
  return {
    ...plan,
    codes: plan.values ? plan.codes : new Uint16Array(memory.buffer, CELLS, plan.codes.length),
    values: plan.values && new Float32Array(memory.buffer, CELLS, plan.values.length),
    columns: plan.columns.map((column, f) => ({
      ...column,
      low: valuesAt(low[f], column.low),
      high: valuesAt(high[f], column.high),
    })),
  }
}
