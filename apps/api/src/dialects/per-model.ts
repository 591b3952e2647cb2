import type { ServedModel } from '../model/served.ts'

/** What `make` makes of a model, once for each model and no longer than the model lives. */
export function perModel<T extends object>(make: (model: ServedModel) => T): (model: ServedModel) => T {
  const made = new WeakMap<ServedModel, T>()
  return (model) => {
    let found = made.get(model)
    if (found === undefined) {
      found = make(model)
      made.set(model, found)
    }
    return found
  }
}
