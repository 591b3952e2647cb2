import type { Signature } from '@copse/model'
import { FEEDBACK_RESULTS, type FeedbackResult } from '@copse/monitoring'
import { type Static, type TSchema, Type } from 'typebox'

/** Most labels of a request. */
export const MAX_LABELS = 10_000
/** Most characters of a prediction id. */
export const MAX_ID = 128

const Label = Type.Object(
  {
    prediction_id: Type.String({
      minLength: 1,
      maxLength: MAX_ID,
      description: 'x-prediction-id of the answer; row i of a batch, from 0, is ID.i.',
    }),
    label: Type.Union([Type.String(), Type.Number()], { description: 'The class by its name, or the value.' }),
  },
  { additionalProperties: false, title: 'Label' },
)

const Request = Type.Union([
  Label,
  Type.Object(
    { labels: Type.Array(Label, { minItems: 1, maxItems: MAX_LABELS }) },
    { additionalProperties: false, title: 'Labels' },
  ),
])

/** With labels of the model's target. */
export function feedbackRequest(signature: Signature | undefined): TSchema {
  const { target } = signature ?? {}
  const label = target?.type === 'class' ? target.classes[0]! : target?.type === 'number' ? 1.5 : 'setosa'
  const prediction_id = '2f1c0e9a-5c8e-4a64-8f6b-0d5f3c1b7a10'
  const examples = [{ prediction_id, label }, { labels: [{ prediction_id: `${prediction_id}.0`, label }] }]
  return Type.Unsafe({ ...Request, examples })
}

const Result = Type.Unsafe<FeedbackResult>({ type: 'string', enum: [...FEEDBACK_RESULTS], title: 'FeedbackResult' })

export const FeedbackAnswer = Type.Union([
  Type.Object({ result: Result }, { additionalProperties: false, title: 'LabelAnswer' }),
  Type.Object(
    { results: Type.Array(Result, { description: 'In the order of the labels.' }) },
    { additionalProperties: false, title: 'LabelsAnswer' },
  ),
])
export type FeedbackAnswer = Static<typeof FeedbackAnswer>
