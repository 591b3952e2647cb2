import { type Static, Type } from 'typebox'

const Time = Type.String({ format: 'date-time' })

export const Reload = Type.Object(
  {
    result: Type.Unsafe<'swapped' | 'unchanged' | 'failed'>({
      type: 'string',
      enum: ['swapped', 'unchanged', 'failed'],
    }),
    at: Time,
    code: Type.Optional(Type.String({ description: 'Why it failed.' })),
    message: Type.Optional(Type.String({ description: 'Why it failed, in one sentence.' })),
  },
  { additionalProperties: false, title: 'Reload' },
)
export type Reload = Static<typeof Reload>

/** Values that the model file and the registry define are passed on as they are. */
const Open = Type.Unsafe<unknown>({ type: 'object', additionalProperties: true })

export const ModelInfo = Type.Object(
  {
    name: Type.String(),
    version: Type.String(),
    aliases: Type.Array(Type.String()),
    reference: Type.String({ description: 'What the service was asked to serve.' }),
    stale: Type.Boolean({ description: 'The registry did not answer; this is the last version it gave.' }),
    sha256: Type.String({ description: 'Of forest.copse.' }),
    bundle_sha256: Type.String({ description: 'Of SHA256SUMS.' }),
    run_id: Type.Union([Type.String(), Type.Null()]),
    created_at: Time,
    loaded_at: Time,
    signature: Open,
    parameters: Open,
    aggregation: Type.String(),
    trees: Type.Integer(),
    nodes: Type.Integer(),
    training: Open,
    tags: Type.Unsafe<Record<string, string>>({ type: 'object', additionalProperties: { type: 'string' } }),
    last_reload: Reload,
  },
  { additionalProperties: false, title: 'ModelInfo' },
)
export type ModelInfo = Static<typeof ModelInfo>

export const ModelList = Type.Object(
  {
    models: Type.Array(
      Type.Object(
        {
          name: Type.String(),
          version: Type.Union([Type.String(), Type.Null()]),
          reference: Type.String({ description: 'What the service was asked to serve.' }),
          state: Type.Unsafe<'ready' | 'loading' | 'unavailable'>({
            type: 'string',
            enum: ['ready', 'loading', 'unavailable'],
          }),
          reason: Type.String({
            description: 'Why it is not ready, or why its last load failed; empty when all is well.',
          }),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false, title: 'ModelList' },
)
export type ModelList = Static<typeof ModelList>

export const ReloadAnswer = Type.Object(
  {
    result: Type.Unsafe<'swapped' | 'unchanged'>({ type: 'string', enum: ['swapped', 'unchanged'] }),
    model: Type.Object(
      { name: Type.String(), version: Type.String(), sha256: Type.String(), stale: Type.Boolean() },
      { additionalProperties: false, description: 'What is served now.' },
    ),
  },
  { additionalProperties: false, title: 'ReloadAnswer' },
)
export type ReloadAnswer = Static<typeof ReloadAnswer>
