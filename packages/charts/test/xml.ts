/** An element of a checked document. */
export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly (Element | string)[]
}

const NAME = '[A-Za-z_][\\w:.-]*'
const TOKEN = new RegExp(`<(/?)(${NAME})((?:\\s+${NAME}="[^"<]*")*)\\s*(/?)>|([^<]+)`, 'uy')
const ENTITY = /&(?:amp|lt|gt|quot|#39);/g
const ENTITIES: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" }

/**
 * Reads an XML document strictly: one root, every tag closed in order, attributes quoted and named once, only the five
 * entities, no character outside XML 1.0's Char.
 */
export function readXml(document: string): Element {
  if (/\p{Cs}/u.test(document) || /[^\t\n\r\u0020-\uFFFD\u{10000}-\u{10FFFF}]/u.test(document)) {
    throw new Error('a character that XML does not allow')
  }
  const root = { name: '', attributes: {}, children: [] as (Element | string)[] }
  const open: { name: string; attributes: Record<string, string>; children: (Element | string)[] }[] = [root]
  const source = document.trimEnd()
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < source.length; ) {
    const at = TOKEN.lastIndex
    const token = TOKEN.exec(source)
    if (!token) throw new Error(`not XML at ${at}: ${source.slice(at, at + 40)}`)
    const [, closing, name, attributes, selfClosing, content] = token
    const parent = open[open.length - 1]
    if (content !== undefined) {
      if (parent === root) throw new Error('text outside the root')
      parent.children.push(decode(content))
    } else if (closing) {
      if (parent === root || parent.name !== name) throw new Error(`</${name}> closes <${parent.name}>`)
      open.pop()
    } else {
      const element = { name, attributes: readAttributes(attributes), children: [] }
      parent.children.push(element)
      if (!selfClosing) open.push(element)
    }
  }
  if (open.length !== 1 || root.children.length !== 1) throw new Error('not one closed root')
  return root.children[0] as Element
}

/** Every element below and with `element` that has this name, and class where given. */
export function all(element: Element, name: string, look?: string): Element[] {
  const below = element.children.flatMap((child) => (typeof child === 'string' ? [] : all(child, name, look)))
  const classes = element.attributes.class?.split(' ') ?? []
  return element.name === name && (!look || classes.includes(look)) ? [element, ...below] : below
}

/** The texts of those elements. */
export function texts(element: Element, name: string, look?: string): string[] {
  return all(element, name, look).map(({ children }) => children.join(''))
}

function readAttributes(source: string): Record<string, string> {
  const attributes: Record<string, string> = {}
  for (const [, name, value] of source.matchAll(/([\w:.-]+)="([^"]*)"/g)) {
    if (name in attributes) throw new Error(`${name} stands twice`)
    attributes[name] = decode(value)
  }
  return attributes
}

function decode(content: string): string {
  if (content.replace(ENTITY, '').includes('&')) throw new Error(`a bare & in ${content}`)
  return content.replace(ENTITY, (entity) => ENTITIES[entity])
}
