import t from 'tap'
import { isLoopback, urlOf } from '../src/address.ts'

t.test('loopback is what only this machine reaches', async (t) => {
  for (const host of ['127.0.0.1', '127.1.2.3', '::1', 'localhost']) t.equal(isLoopback(host), true, host)
  for (const host of ['0.0.0.0', '::', '10.0.0.1', '127.example.org', 'localhost.example.org', '1127.0.0.1']) {
    t.equal(isLoopback(host), false, host)
  }
})

t.test('the URL is one that a client here can use', async (t) => {
  t.equal(urlOf('127.0.0.1', 3000), 'http://127.0.0.1:3000')
  t.equal(urlOf('0.0.0.0', 80), 'http://127.0.0.1:80')
  t.equal(urlOf('::', 80), 'http://[::1]:80')
  t.equal(urlOf('fe80::1', 80), 'http://[fe80::1]:80')
  t.equal(urlOf('copse.internal', 80), 'http://copse.internal:80')
})
