import { type Static, Type } from 'typebox'

export const ErrorAnswer = Type.Object(
  {
    statusCode: Type.Integer({ minimum: 400, maximum: 599 }),
    code: Type.String({ pattern: '^API_ERR_[A-Z_]+$', description: 'Stable; for programs.' }),
    error: Type.String({ description: 'The name of the status.' }),
    message: Type.String({ description: 'One sentence; names what is at fault, never repeats what was sent.' }),
    path: Type.Optional(Type.String({ description: 'JSON pointer to the part of the body that is at fault.' })),
  },
  { additionalProperties: false, title: 'Error' },
)
export type ErrorAnswer = Static<typeof ErrorAnswer>
