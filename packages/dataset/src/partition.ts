/** Row indices of a dataset in two sets, each ascending: every row is in one of them. */
export interface Partition {
  readonly train: Uint32Array
  readonly test: Uint32Array
}

/** The partition in which `isTest(row)` says which rows are in `test`. */
export function partition(rows: number, isTest: (row: number) => boolean): Partition {
  const train = new Uint32Array(rows)
  const test = new Uint32Array(rows)
  let trained = 0
  let tested = 0
  for (let row = 0; row < rows; row++) {
    if (isTest(row)) test[tested++] = row
    else train[trained++] = row
  }
  return { train: train.slice(0, trained), test: test.slice(0, tested) }
}
