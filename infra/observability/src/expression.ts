import type { SyntaxNode, Tree } from '@lezer/common'
import { parser } from '@prometheus-io/lezer-promql'

/** A series that an expression selects. */
export interface Selector {
  readonly metric: string
  /** Labels that it matches by. */
  readonly labels: readonly string[]
}

/**
 * The tree of a PromQL expression.
 * @throws SyntaxError with the place of the first fault
 */
export function parse(expression: string): Tree {
  const tree = parser.parse(expression)
  tree.iterate({
    enter: ({ type, from }) => {
      if (type.isError) throw new SyntaxError(`not PromQL from character ${from}: ${expression.slice(from, from + 40)}`)
    },
  })
  return tree
}

/** Every series that an expression selects, in its order. */
export function selectors(expression: string): Selector[] {
  return nodes(expression, 'VectorSelector').map((node) => {
    const name = node.getChild('Identifier')
    if (!name) throw new SyntaxError(`a selector without a name: ${slice(expression, node)}`)
    const matchers = node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []
    return {
      metric: slice(expression, name),
      labels: matchers.map((matcher) => slice(expression, matcher.getChild('LabelName')!)),
    }
  })
}

/** Every label of the `by`, `on` and `group_left` clauses of an expression. */
export function groupings(expression: string): string[] {
  return nodes(expression, 'GroupingLabels').flatMap((node) =>
    node.getChildren('LabelName').map((label) => slice(expression, label)),
  )
}

const COMPARISONS = ['Eql', 'Neq', 'Lss', 'Lte', 'Gtr', 'Gte']

/**
 * The expression of an alert as one that answers also while nothing is wrong: comparisons tell 0 or 1 instead of leaving
 * out, and `absent(x)` is x. What has no series then would never fire.
 */
export function unfiltered(expression: string): string {
  const edits: { at: number; to: number; text: string }[] = []
  for (const node of nodes(expression, 'BinaryExpr')) {
    const operator = COMPARISONS.flatMap((name) => node.getChild(name) ?? [])[0]
    if (!operator || node.getChild('BoolModifier')) continue
    edits.push({ at: operator.to, to: operator.to, text: ' bool' })
  }
  for (const node of nodes(expression, 'FunctionCall')) {
    const name = node.getChild('FunctionIdentifier')
    if (name?.getChild('Absent')) edits.push({ at: name.from, to: name.to, text: '' })
  }
  return edits
    .sort((a, b) => b.at - a.at)
    .reduce((text, { at, to, text: put }) => text.slice(0, at) + put + text.slice(to), expression)
}

function nodes(expression: string, name: string): SyntaxNode[] {
  const found: SyntaxNode[] = []
  parse(expression).iterate({
    enter: (node) => {
      if (node.name === name) found.push(node.node)
    },
  })
  return found
}

function slice(expression: string, { from, to }: SyntaxNode): string {
  return expression.slice(from, to)
}
