import t from 'tap'
import { atOnce } from '../src/at-once.ts'
import { ModelError } from '../src/errors.ts'
import { expectRoom, foreseeBytes, withRoom } from '../src/foresee-memory.ts'
import { train } from '../src/index.ts'
import { KernelGrower } from '../src/kernel-grower.ts'
import { kernelModule } from '../src/kernel-module.ts'
import { type KernelShare, shareKernel } from '../src/kernel-share.ts'
import { growAll, planOf, tableOf } from './training-tables.ts'

const ways = { criterion: 'gini', splitter: 'best', oobScore: false, maxLeafNodes: null } as const

t.test('what is foreseen grows with rows, columns, threads and classes', async (t) => {
  const { signature, rows } = tableOf([[1, 2]], [0], { classes: 2 })
  const bytes = foreseeBytes({ signature, rows }, ways, 1)
  t.equal(foreseeBytes({ signature, rows: 1000 * rows }, ways, 1), 1000 * bytes)
  t.ok(foreseeBytes({ signature, rows }, ways, 2) > bytes)
  t.ok(foreseeBytes({ signature, rows }, { ...ways, splitter: 'random' }, 1) > bytes)
  t.equal(foreseeBytes({ signature, rows }, { ...ways, oobScore: true }, 1), bytes + 24)
  t.equal(foreseeBytes({ signature, rows }, { ...ways, criterion: 'entropy' }, 1), bytes + 16)
  const limited = (maxLeafNodes: number) => foreseeBytes({ signature, rows: 100 }, { ...ways, maxLeafNodes }, 1)
  t.ok(limited(50) > limited(2), 'and with leaves')
  t.equal(limited(2 ** 31), limited(100), 'of which there are no more than rows')
})

t.test('it is near what the kernels take', async (t) => {
  for (const classes of [0, 2, 5]) {
    const target = Array.from({ length: 100_000 }, (_, row) => row % Math.max(2, classes))
    const table = tableOf(
      target.map((_, row) => [row % 4999, row % 777, row % 13]),
      target,
      { classes },
    )
    for (const maxLeafNodes of [null, 1000, 99_999]) {
      const share = atOnce(shareKernel(planOf(table, { maxLeafNodes, bootstrap: false }), 1)) as KernelShare
      const taken = share.workspace + share.workspaceBytes
      const foreseen = foreseeBytes(table, { ...ways, maxLeafNodes }, 1)
      t.ok(foreseen > 0.9 * taken && foreseen < 2 * taken, `${classes} classes: ${foreseen} for ${taken}`)
    }
  }
})

t.test('a table that cannot fit is refused before anything is allocated, with the bytes it needs', async (t) => {
  t.throws(() => expectRoom(2 ** 40, 2 ** 30), {
    code: 'MODEL_ERR_MEMORY',
    message: /needs 1099511627776 bytes.*1073741824/,
  })
  expectRoom(2 ** 30, 2 ** 30)
  // 65,535 classes: the out-of-bag sums of 4,000,000 rows are 2 TB.
  const classes = Array.from({ length: 65_535 }, (_, k) => `c${k}`)
  const rows = 4_000_000
  const table = {
    rows,
    columns: [new Float32Array(rows)],
    target: new Uint16Array(rows),
    signature: {
      features: [{ name: 'x', type: 'number', missing: false, min: 0, max: 0 }],
      target: { name: 'y', type: 'class', classes },
    },
  } as const
  const before = process.memoryUsage().arrayBuffers
  await t.rejects(train(table, { oobScore: true }), {
    code: 'MODEL_ERR_MEMORY',
    message: /needs 2\d{12} bytes of memory/,
  })
  t.ok(process.memoryUsage().arrayBuffers < before + 2 ** 20, 'nothing was allocated')
})

t.test('an allocation that fails is told alike, anything else as it was', async (t) => {
  t.throws(() => withRoom(77, () => new ArrayBuffer(2 ** 52)), { code: 'MODEL_ERR_MEMORY', message: /needs 77 bytes/ })
  t.throws(() => withRoom(77, refuse), { code: 'MODEL_ERR_TABLE' })
})

t.test('a forest whose plan does not fit the memory of the kernels is grown without them', async (t) => {
  const plan = planOf(tableOf([[1], [2], [3], [4]], [0, 0, 1, 1], { classes: 2 }), { nEstimators: 1 })
  t.ok(kernelModule())
  const threads = 20_000
  t.equal(atOnce(shareKernel(plan, threads)), undefined, 'so many workspaces take more than 4 GiB')
  const columns = { ...plan, draws: 0, maxLeafNodes: 0 }
  t.equal(atOnce(shareKernel({ ...columns, rows: 45_000_000 }, 1)), undefined, 'so does the workspace of so many rows')
  t.equal(atOnce(shareKernel({ ...columns, rows: 2 ** 24, maxLeafNodes: 2 ** 24 - 1 }, 1)), undefined, 'and leaves')
  const share = atOnce(shareKernel(plan, 1)) as KernelShare
  t.same(atOnce(new KernelGrower(plan, share, 0).grow(0)).feature, growAll(plan)[0].feature)
})

function refuse(): never {
  throw new ModelError('MODEL_ERR_TABLE', 'Refused.')
}
