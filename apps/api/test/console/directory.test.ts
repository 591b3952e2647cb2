import t from 'tap'
import { consoleDirectory } from '../../src/console/directory.ts'
import { writePage } from '../page.ts'

t.test('the page is the one that is named, else the one that is built here, else none', async (t) => {
  const built = writePage(t.testdir())
  t.equal(consoleDirectory('/srv/page', built), '/srv/page')
  t.equal(consoleDirectory(undefined, built), built)
  t.equal(consoleDirectory(undefined, `${built}/nowhere`), undefined)
  t.equal(consoleDirectory('off', built), undefined)
})
