import type { FastifyInstance } from 'fastify'
import { plainGuard } from '../dialects/guard.ts'
import { isObject, parseJson } from '../dialects/json.ts'
import { ApiError } from '../errors.ts'
import { keyOf } from '../monitoring/facts.ts'
import type { Label } from '../monitoring/monitor.ts'
import { SCOPED } from '../route-docs.ts'
import { FeedbackAnswer, feedbackRequest, MAX_ID, MAX_LABELS } from '../schemas/feedback.ts'

/** Room for MAX_LABELS labels with long ids. */
const MAX_BODY_BYTES = 4 << 20
/** Most characters of a label. */
const MAX_LABEL = 1024

/** `POST /feedback`. */
export default async function feedbackRoutes(app: FastifyInstance): Promise<void> {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

  app.post(
    '/feedback',
    {
      bodyLimit: MAX_BODY_BYTES,
      onRequest: [app.scope('feedback'), plainGuard],
      schema: { response: { 200: FeedbackAnswer } },
      config: {
        docs: {
          operationId: 'feedback',
          tag: 'Monitoring',
          summary: 'Tell what was true of predictions',
          description: 'May be sent again: a label that came before is not counted twice.',
          body: (model) => feedbackRequest(model?.signature),
          answers: { 200: { description: 'What became of each label.', schema: () => FeedbackAnswer } },
          errors: [400, ...SCOPED, 408, 413, 415, 500],
        },
      },
    },
    async (request) => {
      const body = parseJson(request.body, MAX_BODY_BYTES)
      const labels = readLabels(body)
      const { current } = app.models.default
      const key = current && keyOf({ name: current.name, version: current.version, sha256: current.bundle.sha256 })
      // A label may come sooner than what is worked off in the background.
      app.drainPredictions()
      const results = await app.monitoring.ask('feedback', {
        labels: 'one' in labels ? [labels.one] : labels.many,
        key,
      })
      return 'one' in labels ? { result: results[0]! } : { results }
    },
  )
}

/** @throws ApiError with the path of the fault */
function readLabels(body: unknown): { readonly one: Label } | { readonly many: readonly Label[] } {
  if (!isObject(body)) {
    throw new ApiError('API_ERR_BODY', 'The body must be an object with prediction_id and label, or with labels.', {
      path: '',
    })
  }
  if (!Object.hasOwn(body, 'labels')) return { one: readLabel(body, '') }
  expectKeys(body, ['labels'], '')
  const { labels } = body
  if (!Array.isArray(labels) || labels.length === 0) {
    throw new ApiError('API_ERR_BODY', 'labels must be an array of at least one label.', { path: '/labels' })
  }
  if (labels.length > MAX_LABELS) {
    throw new ApiError('API_ERR_TOO_MANY_ROWS', `labels may be at most ${MAX_LABELS}.`, { path: '/labels' })
  }
  return { many: labels.map((label, index) => readLabel(label, `/labels/${index}`)) }
}

function readLabel(value: unknown, path: string): Label {
  if (!isObject(value)) {
    throw new ApiError('API_ERR_BODY', 'A label must be an object with prediction_id and label.', { path })
  }
  expectKeys(value, ['prediction_id', 'label'], path)
  const { prediction_id: id, label } = value
  if (typeof id !== 'string' || id.length === 0 || id.length > MAX_ID) {
    const expected = `a text of 1 to ${MAX_ID} characters`
    throw new ApiError('API_ERR_VALUE', `prediction_id must be ${expected}.`, { path: `${path}/prediction_id` })
  }
  const isLabel = typeof label === 'string' ? label.length <= MAX_LABEL : typeof label === 'number'
  if (!isLabel) {
    const expected = `a number, or a text of at most ${MAX_LABEL} characters`
    throw new ApiError('API_ERR_VALUE', `label must be ${expected}.`, { path: `${path}/label` })
  }
  return { id, label: label as string | number }
}

function expectKeys(value: Readonly<Record<string, unknown>>, keys: readonly string[], path: string): void {
  const stray = Object.keys(value).find((key) => !keys.includes(key))
  if (stray === undefined) return
  throw new ApiError('API_ERR_UNKNOWN_KEY', `The only keys here are ${keys.join(' and ')}.`, { path })
}
