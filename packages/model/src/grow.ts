import { Frontier, type Plot } from './frontier.ts'
import { gainOf } from './gain.ts'
import { type GrownTree, TreeWriter } from './grown-tree.ts'
import { leafOf } from './leaf-of.ts'
import { createNode, meanOf, measure, type Node, prepare } from './measure.ts'
import { partition } from './partition.ts'
import type { Plan } from './plan.ts'
import { Random } from './random.ts'
import { drawSamples } from './sample.ts'
import { Search, type Split } from './split.ts'
import { createWorkspace, type Workspace } from './workspace.ts'

/** Samples looked at between two pauses: about a millisecond's work. A pass over a larger node is followed by one. */
const PAUSE = 100_000

/** scikit-learn's slack when it compares a decrease with minImpurityDecrease. */
const EPSILON = 2.220446049250313e-16

/** Grows the trees of one plan, one at a time, on one thread. A tree depends on the plan and its index alone. */
export class Grower {
  readonly #plan: Plan
  readonly #workspace: Workspace
  readonly #writer = new TreeWriter()
  readonly #node: Node = createNode()
  #search: Search
  #importances = new Float64Array(0)
  #treeWeight = 0
  /** Decrease of impurity times weight by the split found last. */
  #gain = 0
  #work = 0

  constructor(plan: Plan) {
    this.#plan = plan
    this.#workspace = createWorkspace(plan)
    this.#search = new Search(plan, this.#workspace, Random.ofTree(plan.seed, 0))
  }

  /** Runs until done when iterated; pauses about every millisecond. */
  *grow(index: number): Generator<void, GrownTree> {
    const plan = this.#plan
    const random = Random.ofTree(plan.seed, index)
    yield
    const samples = yield* drawSamples(plan, random, this.#workspace)
    yield
    this.#search = new Search(plan, this.#workspace, random)
    this.#importances = new Float64Array(plan.columns.length)
    this.#writer.clear()
    if (plan.maxLeafNodes > 0) yield* this.#growBestFirst(samples)
    else yield* this.#growDepthFirst(samples)
    for (let f = 0; f < this.#importances.length; f++) this.#importances[f] /= this.#treeWeight
    const about = { levels: Uint32Array.from(plan.columns, ({ levels }) => levels), classes: plan.classes }
    return yield* this.#writer.finish(about, this.#importances, yield* this.#applyToRest())
  }

  /** Right children wait on an explicit stack, so that depth costs no call. */
  *#growDepthFirst(samples: number): Generator<void, void> {
    const writer = this.#writer
    const node = this.#node
    const search = this.#search
    const waiting: number[] = []
    let start = 0
    let end = samples
    let depth = 0
    let parent = -1
    for (;;) {
      measure(this.#plan, this.#workspace, node, start, end)
      if (end - start > PAUSE) yield
      if (depth === 0) this.#treeWeight = node.weight
      const found = this.#maySplit(node, depth) && (yield* this.#find(node))
      const at = writer.splits
      if (parent >= 0) writer.linkRight(parent)
      if (found) {
        this.#importances[search.split.feature] += this.#gain
        const middle = partition(this.#plan, this.#workspace, node, search.split)
        if (end - start > PAUSE) yield
        const { feature, firstRight, subset } = search.split
        this.#writeSplit(search.split)
        waiting.push(middle, end, depth + 1, at, feature, subset.length > 0 ? 0x10000 : firstRight)
        waiting.push(search.height, search.constants.length)
        search.stepLeft()
        end = middle
        depth++
        parent = -1
        continue
      }
      this.#writeLeaf(node)
      if (waiting.length === 0) return
      search.forget(waiting.pop() as number)
      search.stepBack(waiting.pop() as number)
      const firstRight = waiting.pop() as number
      search.stepRight(waiting.pop() as number, firstRight)
      parent = waiting.pop() as number
      depth = waiting.pop() as number
      end = waiting.pop() as number
      start = waiting.pop() as number
    }
  }

  /** Splits the node whose split decreases impurity most, until there are enough leaves; the first found of equal ones. */
  *#growBestFirst(samples: number): Generator<void, void> {
    const root: Plot = { start: 0, end: samples, depth: 0, gain: 0 }
    const frontier = new Frontier()
    yield* this.#survey(root, frontier)
    for (let leaves = 1; leaves < this.#plan.maxLeafNodes; leaves++) {
      const plot = frontier.takeBest()
      if (plot === undefined) break
      const node = this.#node
      const split = plot.split as Split
      node.start = plot.start
      node.end = plot.end
      const middle = partition(this.#plan, this.#workspace, node, split)
      this.#importances[split.feature] += plot.gain
      plot.left = { start: plot.start, end: middle, depth: plot.depth + 1, parent: plot, gain: 0 }
      plot.right = { start: middle, end: plot.end, depth: plot.depth + 1, parent: plot, gain: 0 }
      // The last children are leaves.
      if (leaves + 1 === this.#plan.maxLeafNodes) break
      yield* this.#survey(plot.left, frontier)
      yield* this.#survey(plot.right, frontier)
    }
    this.#writePlots(root)
  }

  *#survey(plot: Plot, frontier: Frontier): Generator<void, void> {
    const node = this.#node
    measure(this.#plan, this.#workspace, node, plot.start, plot.end)
    if (plot.depth === 0) this.#treeWeight = node.weight
    this.#search.forget(0)
    this.#search.stepTo(plot)
    if (!this.#maySplit(node, plot.depth) || !(yield* this.#find(node))) return
    plot.split = { ...this.#search.split }
    plot.gain = this.#gain
    frontier.add(plot)
  }

  #writePlots(root: Plot): void {
    const writer = this.#writer
    const waiting: { plot: Plot; parent: number }[] = [{ plot: root, parent: -1 }]
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { plot, parent } = next
      const at = writer.splits
      if (parent >= 0) writer.linkRight(parent)
      if (plot.left && plot.right) {
        this.#writeSplit(plot.split as Split)
        waiting.push({ plot: plot.right, parent: at }, { plot: plot.left, parent: -1 })
      } else {
        measure(this.#plan, this.#workspace, this.#node, plot.start, plot.end)
        this.#writeLeaf(this.#node)
      }
    }
  }

  #maySplit(node: Node, depth: number): boolean {
    const plan = this.#plan
    const samples = node.end - node.start
    return !node.pure && depth < plan.maxDepth && samples >= plan.minSamplesSplit && samples >= 2 * plan.minSamplesLeaf
  }

  /** Looks for the split of a measured node. */
  *#find(node: Node): Generator<void, boolean> {
    const search = this.#search
    prepare(this.#plan, this.#workspace, node)
    if (node.end - node.start > PAUSE) yield
    search.begin()
    while (search.step(node)) {
      this.#work += node.end - node.start
      if (this.#work < PAUSE) continue
      this.#work = 0
      yield
    }
    if (search.split.feature < 0) search.retry(node)
    if (search.split.feature < 0) return false
    this.#gain = gainOf(this.#plan, this.#workspace, node, search.split)
    const decrease = this.#gain / this.#treeWeight
    return decrease + EPSILON >= this.#plan.minImpurityDecrease
  }

  #writeSplit({ feature, threshold, at, missingLeft, subset }: Split): void {
    this.#writer.addSplit(feature, threshold, at, missingLeft, subset)
  }

  #writeLeaf(node: Node): void {
    const writer = this.#writer
    const workspace = this.#workspace
    // Looking for a split may have left the node's weights in other units.
    if (this.#plan.weighed && !node.pure) measure(this.#plan, workspace, node, node.start, node.end)
    writer.addLeaf(node.end - node.start)
    if (this.#plan.classes === 0) {
      writer.addEntry(0, meanOf(workspace, node))
      return
    }
    const { classAt, classNumber, total } = workspace
    const present = classAt.subarray(0, node.classes).sort()
    const weights = this.#plan.classWeights
    if (weights === undefined) {
      for (const of of present) writer.addEntry(of, total[classNumber[of]] / node.weight)
      return
    }
    let sum = 0
    for (const of of present) sum += (total[classNumber[of]] / weights.whole[of]) * weights.given[of]
    for (const of of present) {
      writer.addEntry(of, ((total[classNumber[of]] / weights.whole[of]) * weights.given[of]) / sum)
    }
  }

  /** The leaves of the rows that the tree did not draw, in row order. */
  *#applyToRest(): Generator<void, { rows: Uint32Array; leaf: Uint32Array }> {
    const { drawn } = this.#workspace
    let count = 0
    if (this.#plan.outOfBag) for (let row = 0; row < drawn.length; row++) if (drawn[row] === 0) count++
    const rows = new Uint32Array(count)
    const leaf = new Uint32Array(count)
    for (let row = 0, i = 0; i < count; row++) {
      if (drawn[row] !== 0) continue
      rows[i] = row
      leaf[i++] = leafOf(this.#plan, this.#writer, row)
      if (i % PAUSE === 0) yield
    }
    return { rows, leaf }
  }
}
