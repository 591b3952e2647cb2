/** What is said to those who do not see the page; of several at once the last. */
export class Announcer {
  said = ''
  readonly #onChange: () => void
  #waiting: ReturnType<typeof setTimeout> | undefined

  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  say(text: string): void {
    clearTimeout(this.#waiting)
    this.#waiting = setTimeout(() => {
      this.said = text
      this.#onChange()
    })
  }
}
