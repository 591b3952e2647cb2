/** Every code that is answered, with its HTTP status; a retired code is never used again. */
export const STATUS = {
  /** The request line, a header or the URL is not HTTP. */
  API_ERR_REQUEST: 400,
  /** The body is empty, not UTF-8 or not JSON. */
  API_ERR_JSON: 400,
  /** The body is JSON of another form than the route takes. */
  API_ERR_BODY: 400,
  /** A key that the form does not have. */
  API_ERR_UNKNOWN_KEY: 400,
  /** A positional row with too few or too many values. */
  API_ERR_LENGTH: 400,
  /** A value of the wrong type or out of the range of float32. */
  API_ERR_VALUE: 400,
  /** A value is missing in a feature that may not be. */
  API_ERR_MISSING: 400,
  /** No key, or one that is not known. */
  API_ERR_KEY: 401,
  /** A key without the scope of the route. */
  API_ERR_SCOPE: 403,
  /** An admin route where admin routes are closed. */
  API_ERR_ADMIN_CLOSED: 403,
  /** A page of another origin calls such a route through its reader's browser. */
  API_ERR_ORIGIN: 403,
  API_ERR_NOT_FOUND: 404,
  /** No model of that name is known here, or it has no such version. */
  API_ERR_MODEL_UNKNOWN: 404,
  /** The bundle has nothing to watch the model by. */
  API_ERR_UNWATCHED: 404,
  API_ERR_METHOD: 405,
  API_ERR_TIMEOUT: 408,
  /** The model on offer did not pass its checks; the one before it stays. */
  API_ERR_RELOAD_REFUSED: 409,
  API_ERR_TOO_LARGE: 413,
  API_ERR_TOO_MANY_ROWS: 413,
  API_ERR_MEDIA_TYPE: 415,
  API_ERR_CONTENT_ENCODING: 415,
  /** More requests a second than the key may send. */
  API_ERR_RATE: 429,
  /** As many inference requests as may be are under way. */
  API_ERR_BUSY: 429,
  API_ERR_HEADERS: 431,
  API_ERR_INTERNAL: 500,
  /** No model is loaded. */
  API_ERR_NOT_READY: 503,
  /** The registry did not answer. */
  API_ERR_REGISTRY: 503,
  /** The event loop is late. */
  API_ERR_OVERLOAD: 503,
  /** The request came to its prediction too late. */
  API_ERR_DEADLINE: 504,
} as const

/** Codes of reasons why a model is not loaded or the program does not start: in logs and /model/info, never an answer's own. */
export const REASONS = [
  'API_ERR_SETTING',
  'API_ERR_LISTEN',
  /** There is no such model, version or alias. */
  'API_ERR_MODEL_ABSENT',
  /** A file of the bundle is absent, too large or not what it should be. */
  'API_ERR_BUNDLE',
  'API_ERR_CHECKSUM',
  /** The model does not reproduce the golden rows of its bundle. */
  'API_ERR_GOLDEN',
  /** The model on offer does not have the signature of the one that serves. */
  'API_ERR_SIGNATURE',
  /** The service is not as a probe expects it. */
  'API_ERR_PROBE',
] as const

export type AnswerCode = keyof typeof STATUS
export type ApiErrorCode = AnswerCode | (typeof REASONS)[number]

export interface ApiErrorDetails {
  /** JSON pointer to the part of the body that is at fault; '' is the whole body. */
  readonly path?: string | undefined
  readonly cause?: unknown
}

/** What this program throws; `message` is one sentence that never repeats what a client sent. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: ApiErrorCode
  readonly statusCode: number
  readonly path: string | undefined

  constructor(code: ApiErrorCode, message: string, details: ApiErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.statusCode = code in STATUS ? STATUS[code as AnswerCode] : 500
    this.path = details.path
  }
}
