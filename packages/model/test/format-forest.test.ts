import fc from 'fast-check'
import t from 'tap'
import { atOnce } from '../src/at-once.ts'
import type { Sections } from '../src/format.ts'
import { type ForestFile, readForest as readDescribed, writeForest } from '../src/format-forest.ts'
import { readFile } from '../src/format-read.ts'
import { writeFile } from '../src/format-write.ts'
import { unpackTrees } from '../src/unpack-trees.ts'
import { type ForestShape, forestParts, forestShapes } from './forests.ts'

t.test('a forest is read as it was written, whatever its kind', async (t) => {
  fc.assert(
    fc.property(forestShapes, (shape) => {
      const { trees, ties = 'first-class', ...description } = forestParts(shape)
      const file = readForest(writeForest({ ...description, ties }, trees))
      t.same(file.description, { ...description, ties })
      t.same(unpackTrees(file.sections, file.description.signature), trees)
      return true
    }),
    { numRuns: 150 },
  )
})

t.test('the bytes do not depend on how the description was put together', async () => {
  fc.assert(
    fc.property(forestShapes, (shape) => {
      const { trees, ties = 'first-class', ...description } = forestParts(shape)
      const reversed = JSON.parse(JSON.stringify({ ...description, ties }), (_, value) =>
        typeof value === 'object' && value !== null && !Array.isArray(value)
          ? Object.fromEntries([...Object.entries(value).reverse(), ['unknown', 1]])
          : value,
      )
      return Buffer.compare(writeForest({ ...description, ties }, trees), writeForest(reversed, trees)) === 0
    }),
    { numRuns: 30 },
  )
})

t.test('arrays that say nothing are left out of the file', async (t) => {
  const pure = readFile(bytesOf({ pure: true, plain: true })).sections
  t.same(
    Object.keys(pure).filter((name) => !name.startsWith('leafRows')),
    ['json', 'treeStart', 'shape', 'feature', 'threshold', 'leafClass'],
  )
  const mixed = readFile(bytesOf({ pure: false, plain: false })).sections
  t.ok(mixed.missingLeft && mixed.shortSubsets && mixed.leafEntries && mixed.leafCount)
})

t.test('a section that is missing, or not of this kind of forest, is refused', async (t) => {
  const classes = readFile(bytesOf({ pure: false, plain: false })).sections
  for (const name of Object.keys(classes)) {
    if (['missingLeft', 'leafRows', 'leafRowsMany'].includes(name)) continue
    const { [name as keyof Sections]: _, ...rest } = classes
    t.throws(() => readForest(atOnce(writeFile(rest))), { code: 'MODEL_ERR_FILE_STRUCTURE' }, `without ${name}`)
  }
  const numbers = readFile(bytesOf({ classes: 0 })).sections
  t.throws(() => readForest(atOnce(writeFile({ ...numbers, leafClass: new Uint16Array(1) }))), {
    code: 'MODEL_ERR_FILE_STRUCTURE',
    message: 'The forest file has section leafClass, expected none in a forest of numbers.',
  })
})

t.test(
  'JSON that is damaged, deep, huge or polluted is refused, and keys that are not known are ignored',
  async (t) => {
    const { sections } = readFile(bytesOf({}))
    const text = new TextDecoder().decode(sections.json!)
    const withJson = (json: string | Uint8Array) =>
      atOnce(writeFile({ ...sections, json: typeof json === 'string' ? new TextEncoder().encode(json) : json }))
    const refused = { name: 'ModelError', code: 'MODEL_ERR_FILE_STRUCTURE' }
    t.throws(() => readForest(withJson(text.slice(1))), refused)
    t.throws(() => readForest(withJson(`\ufeff${text}`)), refused)
    t.throws(() => readForest(withJson(Uint8Array.of(0x22, 0xff, 0x22))), refused)
    t.throws(() => readForest(withJson('[]')), refused)
    t.throws(() => readForest(withJson('null')), refused)
    t.throws(() => readForest(withJson('{"__proto__":{"signature":{}}}')), refused)
    t.throws(() => readForest(withJson(`{"signature":{"__proto__":${text},"features":1}}`)), refused)
    t.throws(() => readForest(withJson('['.repeat(2_000_000))), refused)
    t.throws(() => readForest(withJson(`{"signature":${'['.repeat(500_000)}${']'.repeat(500_000)}}`)), refused)

    const deep = `${'{"a":'.repeat(30)}1${'}'.repeat(30)}`
    const file = readForest(withJson(`{"__proto__":{"ties":1},"constructor":2,"future":${deep},${text.slice(1)}`))
    t.same(file.description, readForest(atOnce(writeFile(sections))).description)
    t.equal(Object.getPrototypeOf(file.description), Object.prototype)
  },
)

function readForest(bytes: Uint8Array): ForestFile {
  const file = readDescribed(bytes)
  unpackTrees(file.sections, file.description.signature)
  return file
}

function bytesOf(shape: Partial<ForestShape>): Uint8Array {
  const fixed = { seed: 11, features: 5, classes: 3, trees: 3, depth: 6, pure: false, plain: false, vote: false }
  const { trees, ties = 'first-class', ...description } = forestParts({ ...fixed, ...shape })
  return writeForest({ ...description, ties }, trees)
}
