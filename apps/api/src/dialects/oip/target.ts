/** Where a model is, below `/v2`: by its name, or by name and version. */
export const TARGETS = ['/models/:model', '/models/:model/versions/:version'] as const

/** Path parameters of a target. */
export interface Target {
  readonly model: string
  readonly version?: string
}
