import '../dom.ts'
import { render } from 'lit-html'
import t from 'tap'
import { Refusal } from '../../src/errors.ts'
import { Resource } from '../../src/resource.ts'
import { waiting } from '../../src/views/waiting.ts'

t.test('says what it waits for, or why it never comes', async (t) => {
  const resource = new Resource(
    async () => {
      throw new Refusal(404, 'API_ERR_UNWATCHED', 'The bundle has no reference.')
    },
    () => {},
  )
  const body = document.createElement('div')
  render(waiting(resource, 'Asking for the drift'), body)
  t.equal(body.textContent, 'Asking for the drift …')
  await resource.refresh()
  render(waiting(resource, 'Asking for the drift'), body)
  t.equal(body.textContent, 'The bundle has no reference.')
})
