import { hash } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { verifyBundle } from '../src/bundle.ts'

const sum = (text: string) => hash('sha256', text)
const sums = `${sum('trees')}  forest.copse\n${sum('deep')}  a/b.txt\n`
const refused = { code: 'TRACKING_ERR_CHECKSUM' }

function bundle(t: Tap, listed = sums) {
  return t.testdir({ 'forest.copse': 'trees', a: { 'b.txt': 'deep' }, MLmodel: 'not listed', SHA256SUMS: listed })
}

type Tap = Pick<typeof t, 'testdir'>

t.test('a whole bundle answers the sum of its sums', async (t) => {
  const directory = bundle(t)
  t.equal(await verifyBundle(directory), sum(sums))
  t.equal(await verifyBundle(directory, sum(sums)), sum(sums))
})

t.test('a bundle that differs is refused', async (t) => {
  const directory = bundle(t)
  await t.rejects(verifyBundle(directory, sum('other')), refused)
  await writeFile(join(directory, 'forest.copse'), 'treez')
  await t.rejects(verifyBundle(directory), { ...refused, message: /forest\.copse does not match its sum/ })
  await rm(join(directory, 'forest.copse'))
  await t.rejects(verifyBundle(directory), { ...refused, message: /lists forest\.copse, which cannot be read/ })
  await rm(join(directory, 'SHA256SUMS'))
  t.equal(await verifyBundle(directory), undefined)
  await t.rejects(verifyBundle(directory, sum(sums)), { ...refused, message: /has no SHA256SUMS/ })
})

t.test('sums that lead out of the bundle or are no sums are refused', async (t) => {
  for (const name of ['../x', '/etc/passwd', 'a/../../x', 'a//b', 'a\\b', '']) {
    await t.rejects(
      verifyBundle(bundle(t, `${sum('x')}  ${name}\n`)),
      /TRACKING_ERR_PATH|not a plain name|not a sha256/,
      name,
    )
  }
  for (const text of ['hello\n', `${sum('x')} forest.copse\n`, `${sum('x').toUpperCase()}  forest.copse\n`]) {
    await t.rejects(verifyBundle(bundle(t, text)), { ...refused, message: /Line 1 of/ })
  }
  await t.rejects(verifyBundle(bundle(t, 'x'.repeat((1 << 20) + 1))), refused)
})
