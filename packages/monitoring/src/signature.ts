/** The part of a model's signature that a reference is made from. `Signature` of @copse/model is assignable to it. */
export interface ReferenceSignature {
  readonly features: readonly SignatureFeature[]
  readonly target: SignatureTarget
}

/** A category's level is its index in `levels`. */
export type SignatureFeature =
  | { readonly name: string; readonly type: 'number' }
  | { readonly name: string; readonly type: 'category'; readonly levels: readonly string[] }

export type SignatureTarget =
  | { readonly name: string; readonly type: 'class'; readonly classes: readonly string[] }
  | { readonly name: string; readonly type: 'number' }
