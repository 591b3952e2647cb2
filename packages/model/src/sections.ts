import { ModelError } from './errors.ts'
import type { SectionName, Sections } from './format.ts'

/** A section that must be there. */
export function take<N extends SectionName>(sections: Sections, name: N): NonNullable<Sections[N]> {
  const section = sections[name]
  if (section !== undefined) return section
  throw new ModelError('MODEL_ERR_FILE_STRUCTURE', `The forest file has no section ${name}, expected one.`)
}

export function expectNone(sections: Sections, names: readonly SectionName[], where: string): void {
  const found = names.find((name) => sections[name] !== undefined)
  if (found === undefined) return
  throw new ModelError('MODEL_ERR_FILE_STRUCTURE', `The forest file has section ${found}, expected none ${where}.`)
}

export function expectLength(sections: Sections, name: SectionName, found: number, expected: number): void {
  if (found === expected) return
  if (sections[name] === undefined) take(sections, name)
  throw structure(`${name} has ${found} entries, expected ${expected}`)
}

export function structure(message: string): ModelError {
  return new ModelError('MODEL_ERR_FILE_STRUCTURE', `In the forest file, ${message}.`)
}
