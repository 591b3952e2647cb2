import t from 'tap'
import { checkSignature } from '../src/signature.ts'

const at = { code: 'MODEL_ERR_FILE_STRUCTURE', path: 'The signature' } as const
const number = { name: 'a', type: 'number', missing: false, min: -1, max: 1 }
const category = { name: 'c', type: 'category', missing: true, levels: ['x', 'y'] }
const target = { name: 't', type: 'class', classes: ['p', 'q'] }

t.test('answers a copy with its keys in order and nothing else', async (t) => {
  const given = { target: { ...target, more: 1 }, features: [{ ...number, more: 1 }, category], more: 1 }
  const signature = checkSignature(given, at)
  t.equal(JSON.stringify(signature), JSON.stringify({ features: [number, category], target }))
  t.not(signature.features[1], category)
})

t.test('names like those of every object are names', async (t) => {
  const names = ['constructor', 'toString', 'hasOwnProperty', 'length', '']
  const features = names.map((name) => ({ ...number, name }))
  const signature = checkSignature({ features, target: { ...target, classes: names } }, at)
  t.same(
    signature.features.map((feature) => feature.name),
    names,
  )
})

t.test('a column that is missing everywhere has no range, a category may have no levels', async (t) => {
  const features = [
    { ...number, missing: true, min: null, max: null },
    { ...category, levels: [] },
  ]
  t.same(checkSignature({ features, target: { name: 't', type: 'number' } }, at).features, features)
})

t.test('each broken rule is refused in a sentence of its own', async (t) => {
  const feature = (change: object) => ({ features: [{ ...number, ...change }], target })
  const levels = (levels: unknown) => ({ features: [number, { ...category, levels }], target })
  const classes = (classes: unknown) => ({ features: [number], target: { ...target, classes } })
  const cases: [string, unknown][] = [
    ['The signature is null, expected an object.', null],
    ['The signature is an array, expected an object.', []],
    ['The signature.features is missing, expected an array.', { target }],
    ['The signature.features is missing, expected an array.', Object.create({ features: [number], target })],
    ['The signature.features has 0 entries, expected 1 to 65535.', { features: [], target }],
    ['The signature.features has 65536 entries, expected 1 to 65535.', { features: new Array(65536), target }],
    ['The signature.features[0] is 1, expected an object.', { features: [1], target }],
    ["The signature.features[0].type is \"text\", expected 'number' or 'category'.", feature({ type: 'text' })],
    ['The signature.features[0].name is 1, expected text.', feature({ name: 1 })],
    ['The signature.features[0].name is "__proto__", expected another name.', feature({ name: '__proto__' })],
    ['The signature.features[1] is "a", expected unique names.', { features: [number, number], target }],
    ['The signature.features[0].missing is "no", expected true or false.', feature({ missing: 'no' })],
    ['The signature.features[0].min is null, expected a finite number.', feature({ min: null })],
    ['The signature.features[0].max is missing, expected a finite number.', feature({ max: undefined })],
    [
      'The signature.features[0].max is Infinity, expected a finite number.',
      feature({ max: Number.POSITIVE_INFINITY }),
    ],
    ['The signature.features[0].min is 2, expected at most max, which is 1.', feature({ min: 2 })],
    ['The signature.features[1].levels is a text of 50 characters, expected an array.', levels('l'.repeat(50))],
    ['The signature.features[1].levels[1] is 2, expected text.', levels(['x', 2])],
    ['The signature.features[1].levels[2] is "x", expected unique texts.', levels(['x', 'y', 'x'])],
    ['The signature.target is missing, expected an object.', { features: [number] }],
    ['The signature.target.type is missing', { features: [number], target: { name: 't' } }],
    ['The signature.target.name is an object, expected text.', { features: [number], target: { ...target, name: {} } }],
    ['The signature.target.classes has 1 entries, expected 2 to 65536.', classes(['p'])],
    ['The signature.target.classes[1] is "p", expected unique texts.', classes(['p', 'p'])],
    ['The signature.target.classes[0] is "__proto__", expected another name.', classes(['__proto__', 'q'])],
  ]
  for (const [message, value] of cases) {
    t.throws(() => checkSignature(value, at), { name: 'ModelError', code: at.code, message }, message)
  }
})
