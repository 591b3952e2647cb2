/** Colours of one scheme, as #rrggbb. */
export interface Palette {
  readonly paper: string
  readonly ink: string
  readonly muted: string
  readonly grid: string
  readonly axis: string
  /** Lines and bars, in the order they are used. */
  readonly series: readonly string[]
}

export const LIGHT: Palette = {
  paper: '#ffffff',
  ink: '#17202b',
  muted: '#586473',
  grid: '#e6eaef',
  axis: '#aab4bf',
  series: ['#096456', '#ad3e0b', '#2c66d4', '#8347c9', '#b92e47', '#66730e', '#85552a', '#52627a'],
}

export const DARK: Palette = {
  paper: '#12171d',
  ink: '#e8edf2',
  muted: '#9da9b6',
  grid: '#28313b',
  axis: '#566270',
  series: ['#45c9b1', '#f08f52', '#80abff', '#be97f2', '#f47f93', '#b7c750', '#d3a06e', '#a3b3c6'],
}

/** Series that a chart tells apart: each colour solid, dashed and dotted. */
export const MOST_SERIES = LIGHT.series.length * 3

/**
 * The style sheet that every chart carries. All carry the same one, so that several on a page agree, and every rule is
 * below `.copse-chart`, so that it touches nothing else. Colours stand in rules and not in custom properties or style
 * attributes: viewers other than browsers know no `var()`, and a strict content security policy allows no attributes.
 */
export const STYLE = `${common()}${rules(LIGHT).join('')}@media (prefers-color-scheme:dark){${rules(DARK).join('')}}`

/**
 * The same for the style sheet of a page with charts that stand `within: 'page'`: colours follow the page's `color-scheme`.
 */
export function pageStyle(): string {
  return common() + rules(pairs()).join('')
}

function common(): string {
  return [
    '.copse-chart{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-size:12px}',
    '.copse-chart text{white-space:pre}',
    '.copse-chart .title{font-size:16px;font-weight:600}',
    '.copse-chart .strong{font-weight:600}',
    '.copse-chart .small{font-size:10px}',
    '.copse-chart .count{font-size:15px;font-weight:600}',
    '.copse-chart .line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}',
    '.copse-chart .dashed{stroke-dasharray:7 4}',
    '.copse-chart .dotted{stroke-dasharray:1 5}',
  ].join('')
}

/** Both palettes in one, each colour as `light-dark()`. */
function pairs(): Palette {
  const pair = (light: string, dark: string) => `light-dark(${light},${dark})`
  return {
    paper: pair(LIGHT.paper, DARK.paper),
    ink: pair(LIGHT.ink, DARK.ink),
    muted: pair(LIGHT.muted, DARK.muted),
    grid: pair(LIGHT.grid, DARK.grid),
    axis: pair(LIGHT.axis, DARK.axis),
    series: LIGHT.series.map((colour, index) => pair(colour, DARK.series[index])),
  }
}

/** The class names that give series `index` its stroke. */
export function lineClass(index: number): string {
  const turn = Math.floor(index / LIGHT.series.length) % 3
  return `line s${index % LIGHT.series.length}${['', ' dashed', ' dotted'][turn]}`
}

function rules({ paper, ink, muted, grid, axis, series }: Palette): string[] {
  return [
    `.copse-chart .paper{fill:${paper}}`,
    `.copse-chart text{fill:${ink}}`,
    `.copse-chart .muted{fill:${muted}}`,
    `.copse-chart .inverse{fill:${paper}}`,
    `.copse-chart .grid{stroke:${grid}}`,
    `.copse-chart .empty{fill:${grid};fill-opacity:.45}`,
    `.copse-chart .ink{stroke:${ink}}`,
    `.copse-chart .axis{stroke:${axis}}`,
    ...series.map((colour, index) => `.copse-chart .f${index}{fill:${colour}}`),
    ...series.map((colour, index) => `.copse-chart .s${index}{stroke:${colour}}`),
  ]
}
