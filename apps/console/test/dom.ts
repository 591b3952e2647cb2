import { Window } from 'happy-dom'

/** A document for what draws into one: imported before lit-html, which looks for it when it is loaded. */
const window = new Window({ url: 'http://127.0.0.1:3000/' })

/** Pixels that every chart is wide. */
export const WIDTH = 600

class ResizeObserver {
  readonly #heard: (entries: readonly { readonly contentRect: { readonly width: number } }[]) => void

  constructor(heard: (entries: readonly { readonly contentRect: { readonly width: number } }[]) => void) {
    this.#heard = heard
  }

  observe(): void {
    this.#heard([{ contentRect: { width: WIDTH } }])
  }

  disconnect(): void {}
}

const { document, customElements, HTMLElement, Node, FormData, localStorage } = window
Object.assign(globalThis, { document, customElements, HTMLElement, Node, FormData, ResizeObserver })
Object.defineProperty(globalThis, 'localStorage', { value: localStorage, configurable: true })
Object.assign(globalThis, { requestAnimationFrame: (then: () => void) => setTimeout(then) })
Object.defineProperty(globalThis, 'location', { value: window.location, configurable: true })
