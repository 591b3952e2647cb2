/* Criteria of classes; what serves both is compiled for each, so that inner loops do not ask. */

export class Gini {}

export class Entropy {
  terms: u64 = 0
}

/** Entropy in a node that has a table of the terms of its cuts. */
export class TabledEntropy {
  terms: u64 = 0
  table: u64 = 0
}

export function isEntropy<C>(): bool {
  return offsetof<C>() != 0
}

export function hasTable<C>(): bool {
  return offsetof<C>() == 16
}
