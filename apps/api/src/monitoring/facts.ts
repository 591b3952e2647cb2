import type { Signature } from '@copse/model'
import type { Reference } from '@copse/monitoring'
import type { ServedModel } from '../model/served.ts'

/** What is needed to watch one model version, as plain data that another process can be sent. */
export interface ModelFacts {
  readonly name: string
  readonly version: string
  readonly sha256: string
  readonly signature: Signature
  readonly reference: Reference
}

/** The facts of a served model; undefined when its bundle has no reference to compare with. */
export function factsOf({ name, version, bundle, signature }: ServedModel): ModelFacts | undefined {
  const { reference, sha256 } = bundle
  return reference && { name, version, sha256, signature, reference }
}

/** One text for a model version and its bytes. */
export function keyOf({ name, version, sha256 }: Pick<ModelFacts, 'name' | 'version' | 'sha256'>): string {
  return JSON.stringify([name, version, sha256])
}
