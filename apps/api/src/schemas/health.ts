import { type Static, Type } from 'typebox'

export const Live = Type.Object({ status: Type.Literal('ok') }, { additionalProperties: false, title: 'Live' })
export type Live = Static<typeof Live>

export const Status = Type.Unsafe<'ok' | 'loading' | 'draining'>({
  type: 'string',
  enum: ['ok', 'loading', 'draining'],
})
export type Status = Static<typeof Status>

export const Ready = Type.Object({ status: Status }, { additionalProperties: false, title: 'Ready' })
export type Ready = Static<typeof Ready>

export const Health = Type.Object(
  {
    status: Status,
    model: Type.Unsafe<{ name: string; version: string; sha256: string; stale: boolean } | null>({
      type: ['object', 'null'],
      description: 'null while no model is loaded.',
      properties: {
        name: { type: 'string' },
        version: { type: 'string' },
        sha256: { type: 'string' },
        stale: { type: 'boolean', description: 'The registry did not answer; this is the last version it gave.' },
      },
      required: ['name', 'version', 'sha256', 'stale'],
      additionalProperties: false,
    }),
  },
  { additionalProperties: false, title: 'Health' },
)
export type Health = Static<typeof Health>
