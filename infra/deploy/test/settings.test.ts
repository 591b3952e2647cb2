import t from 'tap'
import { readImage } from '../src/settings.ts'

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`

t.test('an image is a repository with a tag, a digest or both', async (t) => {
  t.strictSame(readImage('copse-api:1'), { repository: 'copse-api', tag: '1', digest: '' })
  t.strictSame(readImage(`copse-api@${DIGEST}`), { repository: 'copse-api', tag: '', digest: DIGEST })
  t.strictSame(readImage('images.example.com:5000/team/copse-api:1.0-rc'), {
    repository: 'images.example.com:5000/team/copse-api',
    tag: '1.0-rc',
    digest: '',
  })
  t.strictSame(readImage(`host/api:1@${DIGEST}`), { repository: 'host/api', tag: '1', digest: DIGEST })
})
