import { appendFile, open, utimes, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type CsvOptions, type Dataset, type Feature, iris, readCsv } from '@copse/dataset'
import fc from 'fast-check'
import t, { type Test } from 'tap'

let files = 0

/** Writes a file and reads it as CSV. */
async function read(t: Test, text: string | Uint8Array, options: Partial<CsvOptions> = {}): Promise<Dataset> {
  const path = join(t.testdir(), `table-${files++}.csv`)
  await writeFile(path, text)
  return readCsv(path, { target: 'y', ...options })
}

/** The one feature `x` of a file with these values, beside a target of two classes. */
async function column(
  t: Test,
  values: readonly string[],
  type?: 'number' | 'category',
): Promise<Feature & { values: string[] }> {
  const lines = values.map((value, i) => `"${value.replaceAll('"', '""')}",${i % 2 ? 'yes' : 'no'}`)
  const dataset = await read(t, `x,y\n${lines.join('\n')}\n`, type === undefined ? {} : { types: { x: type } })
  return { ...dataset.signature.features[0], values: values.map((_, i) => dataset.text(i, 'x')) }
}

async function refuses(
  t: Test,
  text: string | Uint8Array,
  expected: object,
  options: Partial<CsvOptions> = {},
): Promise<void> {
  await t.rejects(read(t, text, options), {
    name: 'DatasetError',
    file: /table-\d+\.csv$/,
    message: /\.csv.*[.?]$/,
    ...expected,
  })
}

t.test('a table', async (t) => {
  const dataset = await read(t, 'size,colour,weight,y\n1.5,red,,yes\n2,"dark, red",3,no\nNA,red,-1e2,yes\n')
  t.same(dataset.signature, {
    features: [
      { name: 'size', type: 'number', missing: true, min: 1.5, max: 2 },
      { name: 'colour', type: 'category', levels: ['dark, red', 'red'], missing: false },
      { name: 'weight', type: 'number', missing: true, min: -100, max: 3 },
    ],
    target: { name: 'y', type: 'class', classes: ['no', 'yes'] },
  })
  t.same(dataset.columns, [
    Float32Array.of(1.5, 2, Number.NaN),
    Float32Array.of(1, 0, 1),
    Float32Array.of(Number.NaN, 3, -100),
  ])
  t.same(dataset.target, Uint16Array.of(1, 0, 1))
  t.equal(dataset.rows, 3)
  t.match(dataset.name, /^table-\d+$/)
  t.same(dataset.warnings, [])
})

t.test('iris as a file is iris', async (t) => {
  const { signature, rows } = iris()
  const header = [...signature.features.map(({ name }) => name), signature.target.name].join(';')
  const lines = Array.from({ length: rows }, (_, i) => [...iris().row(i), iris().text(i, 4)].join(';'))
  const dataset = await read(t, `\ufeff${[header, ...lines].join('\r\n')}`, { target: 'species', name: 'iris' })
  t.equal(dataset.digest(), iris().digest())
  t.equal(dataset.name, 'iris')
})

t.test('types', async (t) => {
  const is = async (type: string, ...values: string[]): Promise<void> => {
    t.equal((await column(t, values)).type, type, values.join(' '))
  }
  await is('number', '1', '-2.5', '+3', '.5', '5.', '1e-3', ' 7 ')
  await is('number', '1', 'NA', '', 'None', '?', 'null', 'n/a', 'NaN')
  await is('number', '', 'NA', 'none')
  await is('category', 'a', '1')
  await is('category', '1', '2', 'a')
  await is('category', 'true', 'false')
  await is('category', '01234', '12345')
  await is('category', '12345', '01234')
  await is('category', '0x10', '1')
  await is('category', '1,5', '2,5')
  await is('category', '1.000.000', '1')
  await is('category', '12345678901234567890', '1')
  await is('number', '9007199254740992', '1')
  await is('category', '2026-11-22', '2026-11-23')
  await is('category', 'inf', 'a')
})

t.test('levels', async (t) => {
  t.match(
    await column(t, ['10', '9', '01']),
    { levels: ['01', '10', '9'], values: ['10', '9', '01'] },
    'of a late category',
  )
  t.match(await column(t, ['10', '9', '1'], 'category'), { levels: ['1', '9', '10'] }, 'by value when all are numbers')
  t.match(
    await column(t, ['b', 'None', '', 'NA', 'B']),
    { levels: ['B', 'None', 'b'], missing: true },
    'none is a level',
  )
  t.match(
    await column(t, ['None', 'b', '2']),
    { levels: ['2', 'None', 'b'], missing: false },
    'also before the first text',
  )
  t.match(await column(t, ['inf', 'b', 'inf']), { levels: ['b', 'inf'] })
  t.match(await column(t, [' a ', 'a', 'a\t']), { levels: ['a'] }, 'white space around a value is not part of it')
  t.match(await column(t, ['__proto__', 'constructor']), { levels: ['__proto__', 'constructor'] })
  t.match(await column(t, ['', '?', 'NA'], 'category'), { type: 'category', levels: [], missing: true })
})

t.test('types by the user’s word', async (t) => {
  t.match(await column(t, ['01234', '12345678901234567890', 'none', ''], 'number'), {
    type: 'number',
    missing: true,
    min: 1234,
    values: ['1234', '12345679000000000000', '', ''],
  })
  await refuses(
    t,
    'a,x,y\n1,1,no\n1,abc,yes\n',
    { code: 'DATASET_ERR_VALUE', row: 3, column: 'x', message: /"abc" in column "x", line 3 of / },
    { types: { x: 'number' } },
  )
  await refuses(t, 'x,y\n1e,no\n', { code: 'DATASET_ERR_VALUE', row: 2 }, { types: { x: 'number' } })
})

t.test('numbers are cast once to float32', async (t) => {
  const dataset = await read(t, 'x,y\n0.1,no\n-0,yes\n16777217,no\n1e-46,no\n')
  t.same([...dataset.columns[0]], [Math.fround(0.1), 0, 16777216, 0])
  t.notOk(Object.is(dataset.columns[0][1], -0), '-0 is 0')
})

t.test('infinities among numbers are refused', async (t) => {
  const code = 'DATASET_ERR_INFINITE'
  for (const text of ['inf', '-Inf', 'Infinity', '1e39', '-3.5e38', '1e999']) {
    await refuses(t, `x,y\n1,no\n${text},yes\n2,no\n`, { code, row: 3, column: 'x' })
    await refuses(t, `x,y\n${text},no\n`, { code, row: 2 }, { types: { x: 'number' } })
  }
  await refuses(t, 'x,y\ninf,no\n,yes\n', { code, row: 2 })
  t.equal((await column(t, ['1e39', 'a'])).type, 'category')
  await refuses(t, 'x,y\n1,1\n2,inf\n3,2\n', { code, row: 3, column: 'y' })
  await refuses(t, 'x,y\n1,1\n2,1e400\n3,2\n', { code, row: 3, column: 'y' })
})

t.test('the task follows the target', async (t) => {
  const target = async (values: string[], task?: CsvOptions['task']): Promise<object> => {
    const text = `x,y\n${values.map((value, i) => `${i},${value}`).join('\n')}`
    const dataset = await read(t, text, task === undefined ? {} : { task })
    return { ...dataset.signature.target, values: [...dataset.target] }
  }
  const classes = (...classes: string[]): object => ({ type: 'class', classes })
  t.match(await target(['b', 'a', 'c']), { ...classes('a', 'b', 'c'), values: [1, 0, 2] }, 'text')
  t.match(await target(['true', 'false']), classes('false', 'true'), 'true and false')
  t.match(await target(['1', '0', '1']), { ...classes('0', '1'), values: [1, 0, 1] }, 'two distinct values')
  t.match(await target(['10.5', '2', '2']), classes('2', '10.5'))
  t.match(await target(['1', '2', '3']), { type: 'number', values: [1, 2, 3] }, 'numbers')
  t.match(await target(['0.1', '2', '1e300']), { values: [0.1, 2, 1e300] }, 'in float64')
  t.match(
    await target(['1', '2', 'x', '10']),
    { ...classes('1', '10', '2', 'x'), values: [0, 2, 3, 1] },
    'text that comes late',
  )
  t.match(await target(['01', '02', '03']), classes('01', '02', '03'), 'codes')
  t.match(await target(['10', '9', '1.0'], 'classification'), classes('1.0', '9', '10'), 'classes keep their text')
  t.match(await target(['none', 'mild', 'severe']), classes('mild', 'none', 'severe'), 'none may be a class')
  t.match(await target(['1', '0', '1'], 'regression'), { type: 'number', values: [1, 0, 1] })
  t.match(await target(['007', '-0', '1'], 'regression'), { values: [7, 0, 1] })
  await refuses(t, 'x,y\n1,2\n2,b\n', { code: 'DATASET_ERR_VALUE', row: 3, column: 'y' }, { task: 'regression' })
})

t.test('errors name the file, the line and the column', async (t) => {
  await refuses(t, 'a,b,y\n1,2,p\n\n1,2\n', {
    code: 'DATASET_ERR_RAGGED_ROW',
    row: 4,
    column: 'y',
    message: /3 fields .* 2 in line 4/,
  })
  await refuses(t, 'a,b,y\n1,2,p\n1,2,q,\n', { code: 'DATASET_ERR_RAGGED_ROW', row: 3, message: /found 4 in line 3/ })
  await refuses(t, 'a,b,y\n"1\n1",2,p\n"1\r\n1",2\n', { code: 'DATASET_ERR_RAGGED_ROW', row: 4 })
  await refuses(t, 'a,b\n1,2\n', { code: 'DATASET_ERR_TARGET_UNKNOWN', message: /which are "a", "b"\.$/ })
  await refuses(
    t,
    'a,species\n1,2\n',
    { code: 'DATASET_ERR_TARGET_UNKNOWN', message: /did you mean "species"\?$/ },
    { target: 'specie' },
  )
  await refuses(t, 'a,y\n1,p\n2,p\n', {
    code: 'DATASET_ERR_TARGET_ONE_CLASS',
    column: 'y',
    message: /only "p" in target column "y"/,
  })
  await refuses(t, 'a,y\n1,5\n2,5\n', { code: 'DATASET_ERR_TARGET_ONE_CLASS', column: 'y' })
  await refuses(t, 'a,y\n1,p\n2,\n3,q\n', { code: 'DATASET_ERR_TARGET_MISSING', row: 3, column: 'y' })
  await refuses(t, 'a,y\n1,1\n2,none\n3,2\n', { code: 'DATASET_ERR_TARGET_MISSING', row: 3, column: 'y' })
  await refuses(t, 'a,y\n1,1\n2,?\n3,2\n', { code: 'DATASET_ERR_TARGET_MISSING', row: 3 }, { task: 'regression' })
  await refuses(t, 'a,y\n1,__proto__\n2,b\n', { code: 'DATASET_ERR_VALUE', column: 'y' })
  await refuses(t, 'a,b,a,y\n1,2,3,p\n', { code: 'DATASET_ERR_COLUMN', row: 1, column: 'a' })
  await refuses(t, 'a, ,y\n1,2,p\n', { code: 'DATASET_ERR_COLUMN', row: 1, message: /column 2/ })
  await refuses(t, '\n__proto__,y\n1,2\n', { code: 'DATASET_ERR_COLUMN', row: 2, column: '__proto__' })
  await refuses(t, 'a,y\n1,"p\n2,q\n', { code: 'DATASET_ERR_QUOTE', row: 2, column: 'y' })
  await refuses(t, '', { code: 'DATASET_ERR_EMPTY' })
  await refuses(t, '\n\r\n', { code: 'DATASET_ERR_EMPTY' })
  await refuses(t, '\ufeff', { code: 'DATASET_ERR_EMPTY' })
  await refuses(t, 'a,y\n', { code: 'DATASET_ERR_EMPTY', message: /a header only/ })
  await refuses(t, 'a,y', { code: 'DATASET_ERR_EMPTY' })
})

t.test('a value in a message is cut and escaped', async (t) => {
  const long = `x\u001b[31m${'y'.repeat(1000)}`
  const message = /found "x\\u001b\[31my{34}…" in/
  await refuses(t, `a,y\n${long},p\n1,q\n`, { message }, { types: { a: 'number' } })
})

t.test('too many levels', async (t) => {
  const lines = Array.from({ length: 65_536 }, (_, i) => `k${i},${i % 2}`)
  const code = 'DATASET_ERR_LEVELS'
  await refuses(t, `x,y\n${lines.join('\n')}`, {
    code,
    row: 65_537,
    column: 'x',
    message: /at most 65,535 levels .* ignore: \["x"\]\.$/,
  })
  const dataset = await read(t, `x,y\n${lines.slice(1).join('\n')}`)
  t.match(dataset.signature.features[0], { levels: { length: 65_535 } })
  t.equal(Math.max(...dataset.columns[0]), 65_534)
  await refuses(t, `y,x\n${lines.join('\n')}`, { code, column: 'y', message: /classes/ })
  const numbers = Array.from({ length: 65_536 }, (_, i) => `${i},${i % 2}`)
  await refuses(t, `x,y\n${numbers.join('\n')}\na,1`, { code, column: 'x' })
  t.equal((await read(t, `x,y\n${numbers.join('\n')}`)).signature.features[0].type, 'number')
  t.equal(
    (await read(t, `x,z,y\n${lines.map((line) => line.replace(',', ',5,')).join('\n')}`, { ignore: ['x'] })).rows,
    65_536,
  )
})

t.test('ignored columns are not judged', async (t) => {
  const dataset = await read(t, 'x,id,y\n1,inf,p\n2,,q\n3,5,q\n', { ignore: ['id'] })
  t.same(
    dataset.signature.features.map(({ name }) => name),
    ['x'],
  )
})

t.test('delimiters', async (t) => {
  for (const delimiter of [',', ';', '\t', '|']) {
    const text = `x${delimiter}y\n"a${delimiter}b"${delimiter}p\nc${delimiter}q\n`
    const dataset = await read(t, text, delimiter === '|' ? { delimiter } : {})
    t.match(dataset.signature.features[0], { levels: [`a${delimiter}b`, 'c'] })
  }
})

t.test('characters at the edges of chunks stay whole', async (t) => {
  const lines = Array.from({ length: 60_000 }, (_, i) => `é😀ü${'x'.repeat(i % 7)},${i % 2}\n`)
  const dataset = await read(t, `ä,y\n${lines.join('')}`)
  t.equal(dataset.signature.features[0].name, 'ä')
  t.match(dataset.signature.features[0], { levels: Array.from({ length: 7 }, (_, i) => `é😀ü${'x'.repeat(i)}`) })
  t.same(dataset.warnings, [])
})

t.test('bytes that are not UTF-8', async (t) => {
  const dataset = await read(t, Buffer.from('x,y\ncaf\xe9,p\ntea,q\ntea,p\n', 'latin1'))
  t.match(dataset.warnings, [/not UTF-8/])
  await refuses(t, Buffer.from('\ufeffx,y\n1,p\n2,q\n', 'utf16le'), { code: 'DATASET_ERR_FILE', message: /zero byte/ })
})

t.test('files that cannot be read', async (t) => {
  const code = 'DATASET_ERR_FILE'
  const missing = join(t.testdir(), 'missing.csv')
  await t.rejects(readCsv(missing, { target: 'y' }), { code, file: missing, cause: { code: 'ENOENT' } })
  await t.rejects(readCsv(t.testdir(), { target: 'y' }), { code, message: /regular file/ })
  await t.rejects(readCsv('/dev/null', { target: 'y' }), { code })
})

t.test('a file that changes while it is read', async (t) => {
  const path = join(t.testdir(), 'table.csv')
  const changes = {
    'grows by rows': () => appendFile(path, '1,p\n'),
    'grows by a ragged row': () => appendFile(path, '1,p,2\n'),
    'is written in place': async () => {
      const file = await open(path, 'r+')
      await file.write('x')
      await file.close()
    },
    'is touched': () => utimes(path, new Date(), new Date()),
  }
  for (const [what, change] of Object.entries(changes)) {
    await writeFile(path, `x,y\n${'1,p\n2,q\n'.repeat(50_000)}`)
    let settled = false
    const reading = readCsv(path, { target: 'y' }).finally(() => {
      settled = true
    })
    const rejected = t.rejects(reading, { code: 'DATASET_ERR_FILE', message: /changed while it was read/ }, what)
    while (!settled) await change()
    await rejected
  }
})

t.test('options are checked', async (t) => {
  const code = 'DATASET_ERR_OPTION'
  const bad = [
    { target: 5 },
    { delimiter: '' },
    { delimiter: '::' },
    { delimiter: '"' },
    { delimiter: '\n' },
    { seperator: ';' },
    { ignore: 'x' },
  ]
  for (const options of bad)
    await t.rejects(read(t, 'x,y\n1,2\n', options as object), { code }, JSON.stringify(options))
})

// Long digits without a point would be an identifier.
function textOf(value: number): string {
  return Math.abs(value) < 2 ** 53 ? String(value) : value.toExponential()
}

t.test('what a program writes is what is read', async (t) => {
  const path = join(t.testdir(), 'round-trip.csv')
  const number = fc.float({ noNaN: true, noDefaultInfinity: true })
  const characters = fc.constantFrom('a', 'B', '7', ' ', ',', ';', '\t', '"', "'", '\n', '\r\n', 'é', '😀')
  const level = fc.string({ unit: characters, maxLength: 6 }).map((text) => `<${text}>`)
  const row = fc.record({
    number: fc.option(number),
    level: fc.option(level),
    answer: fc.constantFrom('yes', 'no'),
    quote: fc.nat(15),
  })
  const rows = fc.array(row, { maxLength: 30 })
  const shape = fc.record({
    delimiter: fc.constantFrom(',', ';', '\t'),
    end: fc.constantFrom('\n', '\r\n'),
    mark: fc.boolean(),
    missing: fc.constantFrom('', 'NA', '?', 'null'),
    lastEnd: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(rows, shape, async (some, { delimiter, end, mark, missing, lastEnd }) => {
      const rows = [
        ...some,
        { number: 1, level: 'x', answer: 'yes', quote: 0 },
        { number: 0.5, level: 'y', answer: 'no', quote: 0 },
      ]
      const line = (fields: readonly string[], quote: number): string => {
        return fields
          .map((field, i) =>
            (quote >> i) & 1 || /[,;\t"\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field,
          )
          .join(delimiter)
      }
      const lines = rows.map(({ number, level, answer, quote }) =>
        line([number === null ? missing : textOf(number), level ?? missing, answer], quote),
      )
      const text =
        (mark ? '\ufeff' : '') + [line(['number', 'level', 'answer'], 5), ...lines].join(end) + (lastEnd ? end : '')
      await writeFile(path, text)
      const dataset = await readCsv(path, { target: 'answer' })
      t.same(
        rows.map((_, i) => [dataset.columns[0][i], dataset.text(i, 'level'), dataset.text(i, 'answer')]),
        rows.map(({ number, level, answer }) => [number === null ? Number.NaN : number + 0, level ?? '', answer]),
      )
      t.equal(dataset.rows, rows.length)
    }),
  )
  t.equal(basename(path), 'round-trip.csv')
})
