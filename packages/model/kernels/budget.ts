/*
 * A tree may be put aside between two nodes, so that the thread can be let go, and taken up again where it stopped.
 */

/** Rows that may still be looked at before the next pause. */
export let budget: i32 = 0
export let paused: bool = false

export function startBudget(rows: i32): void {
  budget = rows
  paused = false
}

export function spend(rows: u32): void {
  budget -= <i32>rows
}

/** Lets the tree be put aside before its next node. */
export function endBudget(): void {
  budget = 0
}

export function pause(): void {
  paused = true
}
