/* Criteria of classes; what serves both is compiled for each, so that inner loops do not ask. */

export class Gini {}

export class Entropy {
  terms: u64 = 0
}

export function isEntropy<C>(): bool {
  return offsetof<C>() != 0
}
