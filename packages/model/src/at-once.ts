/** Runs work that pauses often to its end, without letting the thread go. */
export function atOnce<T>(work: Generator<void, T>): T {
  for (;;) {
    const { done, value } = work.next()
    if (done) return value as T
  }
}
