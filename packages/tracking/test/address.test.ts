import t from 'tap'
import { authorize, readAddress } from '../src/address.ts'

const refused = { code: 'TRACKING_ERR_OPTION' }

t.test('an address is a location and what stood before its host', async (t) => {
  t.strictSame(readAddress('http://host:5000/'), { location: 'http://host:5000', credentials: undefined })
  t.strictSame(readAddress('https://host/prefix//').location, 'https://host/prefix')
  t.strictSame(readAddress('http://bob:s%40c@host:5000/'), {
    location: 'http://host:5000',
    credentials: { username: 'bob', password: 's@c' },
  })
})

t.test('an address that is none of a server', async (t) => {
  for (const uri of [
    '',
    'host:5000',
    'file:///x',
    'sqlite:///x.db',
    './mlruns',
    'http://',
    'http://h/?q=1',
    'http://h/#x',
    'databricks',
  ]) {
    t.throws(() => readAddress(uri), refused, uri)
  }
})

t.test('no message about an address holds its password', async (t) => {
  for (const uri of ['ftp://ann:secret@h/', 'http://ann:secret%zz@h/', 'http://ann:secret@h/?q']) {
    const error = t.throws(() => readAddress(uri), refused) as Error
    t.notMatch(error.message, /secret/)
  }
})

t.test('credentials as a header', async (t) => {
  t.equal(authorize(undefined), undefined)
  t.equal(authorize({ token: 'abc' }), 'Bearer abc')
  t.equal(authorize({ username: 'ann', password: 'p:w' }), `Basic ${btoa('ann:p:w')}`)
  for (const token of ['', 'abc\n', 'a b', 'ü']) t.throws(() => authorize({ token }), refused, JSON.stringify(token))
})
