import fc from 'fast-check'
import t from 'tap'
import { Block, type Seen } from '../../src/monitoring/block.ts'

const FEATURES = 3
const WIDTH = 2

/** A request whose every number says which request and row it is of. */
function seen(request: number, rows: number): Seen {
  const number = (_: unknown, at: number) => request * 1000 + at
  return {
    id: `r${request}`,
    time: request,
    latencyUs: request + 0.5,
    trace: request % 2 ? `t${request}` : undefined,
    tag: request,
    rows,
    // The service's arrays are longer than what is in them.
    input: Float32Array.from({ length: rows * FEATURES + 5 }, number),
    outputs: Float64Array.from({ length: rows * WIDTH + 5 }, number),
    classIds: Uint16Array.from({ length: rows }, number),
  }
}

t.test('keeps the rows of requests one behind the other, until one does not fit', async () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 30 }), (sizes) => {
      const block = new Block(200, FEATURES, WIDTH)
      let rows = 0
      for (const [request, size] of sizes.entries()) {
        const fits = rows + size <= block.capacity
        if (block.add(seen(request, size)) !== fits) return false
        if (!fits) return block.rows === rows && block.requests === request
        for (let row = 0; row < size; row++) {
          const at = rows + row
          if (block.requestOf(at) !== request || block.classIds[at] !== request * 1000 + row) return false
          if (block.input[at * FEATURES + 2] !== request * 1000 + row * FEATURES + 2) return false
          if (block.outputs[at * WIDTH + 1] !== request * 1000 + row * WIDTH + 1) return false
        }
        rows += size
        if (block.starts[request] !== rows - size || block.ids[request] !== `r${request}`) return false
        if (block.tags[request] !== request || block.times[request] !== request) return false
      }
      return block.rows === rows
    }),
  )
})

t.test('is used again with nothing of before in it', async (t) => {
  const block = new Block(4, FEATURES, WIDTH)
  t.ok(block.add(seen(1, 4)))
  t.notOk(block.add(seen(2, 1)))
  block.clear()
  t.match(block, { rows: 0, requests: 0 })
  t.ok(block.add(seen(2, 1)))
  t.match(block, { rows: 1, requests: 1 })
  t.equal(block.ids[0], 'r2')
  t.equal(block.traces[0], undefined)
})

t.test('a model of numbers has no classes', async (t) => {
  const block = new Block(4, FEATURES, 1)
  t.ok(block.add({ ...seen(1, 2), classIds: new Uint16Array(0) }))
  t.equal(block.rows, 2)
})
