import { html, render } from 'lit-html'
import { unsafeSVG } from 'lit-html/directives/unsafe-svg.js'

/** Draws a chart of a width in pixels: SVG text of `@copse/charts`, which escapes every text it is given. */
export type Draw = (width: number) => string

/** `<copse-chart>`: a chart as wide as its place, drawn anew when that changes. */
class ChartElement extends HTMLElement {
  #draw: Draw | undefined
  #drawn: string | undefined
  #width = 0
  readonly #observer = new ResizeObserver(([entry]) => {
    const width = Math.floor(entry?.contentRect.width ?? 0)
    if (width === 0 || width === this.#width) return
    this.#width = width
    this.#update()
  })

  set draw(draw: Draw) {
    this.#draw = draw
    this.#update()
  }

  connectedCallback(): void {
    this.#observer.observe(this)
  }

  disconnectedCallback(): void {
    this.#observer.disconnect()
    this.#width = 0
  }

  #update(): void {
    if (this.#width === 0 || this.#draw === undefined) return
    const svg = drawn(this.#draw, this.#width)
    if (svg === this.#drawn) return
    this.#drawn = svg
    render(svg === '' ? html`<p class="quiet">This cannot be drawn.</p>` : unsafeSVG(svg), this)
  }
}

/** '' where an answer is not what the chart can draw. */
function drawn(draw: Draw, width: number): string {
  try {
    return draw(width)
  } catch {
    return ''
  }
}

customElements.define('copse-chart', ChartElement)
