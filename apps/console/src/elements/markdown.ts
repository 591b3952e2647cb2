import { html, nothing, type TemplateResult } from 'lit-html'
import type { Nodes, Parents, Table } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table'
import { gfmTable } from 'micromark-extension-gfm-table'
import { table } from './table.ts'

type Shown = TemplateResult | string | typeof nothing | Shown[]

/**
 * Markdown as what the page shows. The text is parsed to a tree and every node becomes an element of this list: HTML in it
 * is shown as text, links and images as their words, for nothing may be fetched from elsewhere.
 */
export function markdown(text: string): Shown {
  return show(fromMarkdown(text, { extensions: [gfmTable()], mdastExtensions: [gfmTableFromMarkdown()] }))
}

function show(node: Nodes): Shown {
  switch (node.type) {
    case 'root':
      return inside(node)
    case 'heading':
      // The page's own headings are above those of the card.
      return node.depth === 1 ? html`<h3>${inside(node)}</h3>` : html`<h4>${inside(node)}</h4>`
    case 'paragraph':
      return html`<p>${inside(node)}</p>`
    case 'list':
      return node.ordered ? html`<ol>${inside(node)}</ol>` : html`<ul>${inside(node)}</ul>`
    case 'listItem':
      return html`<li>${node.children.map((child) => (child.type === 'paragraph' ? inside(child) : show(child)))}</li>`
    case 'blockquote':
      return html`<blockquote>${inside(node)}</blockquote>`
    case 'table':
      return shownTable(node)
    case 'emphasis':
      return html`<em>${inside(node)}</em>`
    case 'strong':
      return html`<strong>${inside(node)}</strong>`
    case 'inlineCode':
      return html`<code>${node.value}</code>`
    case 'code':
      return html`<pre tabindex="0"><code>${node.value}</code></pre>`
    case 'text':
    case 'html':
      return node.value
    case 'image':
    case 'imageReference':
      return node.alt ?? ''
    case 'break':
      return html`<br>`
    case 'thematicBreak':
      return html`<hr>`
    default:
      return 'children' in node ? inside(node) : nothing
  }
}

function inside(node: Parents): Shown {
  return (node.children as Nodes[]).map(show)
}

function shownTable({ children: [head, ...body] }: Table): Shown {
  const cells = (row: Table['children'][number] | undefined) =>
    (row?.children ?? []).map((cell) => html`${inside(cell)}`)
  return table({
    caption: 'Table of the model card',
    head: (head?.children ?? []).map(textOf),
    rows: body.map(cells),
  })
}

/** The words of a node, without their looks. */
function textOf(node: Nodes): string {
  if ('value' in node) return node.value
  return 'children' in node ? (node.children as Nodes[]).map(textOf).join('') : ''
}
