import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { nodeFiles } from '../src/files.ts'

const bytes = Buffer.from('what is written')

t.test('a file is made, written at any place, cut and read', async (t) => {
  const path = join(t.testdir(), 'file')
  const file = nodeFiles.open(path, 'wx')
  t.equal(nodeFiles.write(file, bytes, 5, 10, 0), 10)
  t.equal(nodeFiles.write(file, bytes, 0, 4, 10), 4)
  t.equal(nodeFiles.size(file), 14)
  await nodeFiles.sync(file)
  nodeFiles.close(file)
  t.equal(readFileSync(path, 'utf8'), 'is writtenwhat')
  const again = nodeFiles.open(path, 'r+')
  nodeFiles.truncate(again, 3)
  t.equal(nodeFiles.read(again).toString(), 'is ')
  nodeFiles.close(again)
})

t.test('a chunk is what there is from an offset, and nothing at the end', async (t) => {
  const path = join(t.testdir(), 'file')
  writeFileSync(path, bytes)
  const file = nodeFiles.open(path, 'r')
  const buffer = new Uint8Array(10)
  t.equal(await nodeFiles.readChunk(file, buffer, 0), 10)
  t.equal(Buffer.from(buffer).toString(), 'what is wr')
  t.equal(await nodeFiles.readChunk(file, buffer, 10), 5)
  t.equal(await nodeFiles.readChunk(file, buffer, 15), 0)
  nodeFiles.close(file)
})

t.test('each way of opening wants what it names', async (t) => {
  const directory = t.testdir({ file: 'x', inner: {} })
  const open = (name: string, flags: 'wx' | 'r+' | 'r') => () => nodeFiles.open(join(directory, name), flags)
  t.throws(open('file', 'wx'), { code: 'EEXIST' })
  t.throws(open('none', 'r+'), { code: 'ENOENT' })
  t.throws(open('none', 'r'), { code: 'ENOENT' })
  t.throws(open('inner', 'r'), { code: 'EISDIR' })
  t.throws(open('inner', 'r+'), { code: 'EISDIR' })
})

t.test('a pipe is no file, and nothing waits for its writer', async (t) => {
  const path = join(t.testdir(), 'pipe')
  t.equal(spawnSync('mkfifo', [path]).status, 0)
  t.throws(() => nodeFiles.open(path, 'r'), { code: 'EISDIR', message: `${path} is not a file` })
})

t.test('a copy is one of its own, writable, and replaces nothing', async (t) => {
  const directory = t.testdir({ from: 'old' })
  const [from, to] = [join(directory, 'from'), join(directory, 'to')]
  chmodSync(from, 0o440)
  await nodeFiles.copy(from, to)
  t.equal(statSync(to).mode & 0o777, 0o640)
  chmodSync(from, 0o600)
  writeFileSync(from, 'new')
  t.equal(readFileSync(to, 'utf8'), 'old')
  await t.rejects(nodeFiles.copy(from, to), { code: 'EEXIST' })
  await t.rejects(nodeFiles.copy(join(directory, 'none'), join(directory, 'x')), { code: 'ENOENT' })
})

t.test('names are moved over others, removed if they are there, and listed', async (t) => {
  const directory = t.testdir({ a: '1', b: '2' })
  nodeFiles.rename(join(directory, 'a'), join(directory, 'b'))
  t.equal(readFileSync(join(directory, 'b'), 'utf8'), '1')
  nodeFiles.remove(join(directory, 'b'))
  nodeFiles.remove(join(directory, 'b'))
  mkdirSync(join(directory, 'c'))
  writeFileSync(join(directory, 'd'), '')
  t.same(nodeFiles.list(directory).sort(), ['c', 'd'])
  t.same(nodeFiles.list(join(directory, 'none')), [])
  t.same(nodeFiles.list(join(directory, 'd')), [], 'a file has no names')
  await nodeFiles.syncDirectory(directory)
  await t.rejects(nodeFiles.syncDirectory(join(directory, 'none')), { code: 'ENOENT' })
})

t.test('the time of the last change is in milliseconds', async (t) => {
  const path = join(t.testdir({ file: '' }), 'file')
  utimesSync(path, 5, 1234.5)
  t.equal(nodeFiles.changed(path), 1_234_500)
  t.equal(nodeFiles.changed(`${path}.none`), undefined)
})
