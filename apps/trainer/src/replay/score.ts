import { argmax, type Forest, type Signature } from '@copse/model'
import {
  checkDrift,
  type DriftCheck,
  type Layout,
  type LogTally,
  newTally,
  type PredictionRecord,
  type Reference,
  readLog,
  Window,
} from '@copse/monitoring'
import { TrainerError } from '../errors.ts'

const BLOCK = 1024
const EXAMPLES = 10

/** A prediction that came out otherwise. */
export interface Change {
  readonly id: string
  readonly before: string
  readonly after: string
  /** Half the sum of the differences of probabilities, or the size of the difference of values. */
  readonly distance: number
}

/** What came of a replay. */
export interface Replayed {
  readonly signature: Signature
  readonly tally: LogTally
  /** Replayed; records without all features; records whose answer is of another kind or of other classes. */
  readonly rows: number
  readonly incomplete: number
  readonly foreign: number
  /** Rows by the version that answered them. */
  readonly versions: ReadonlyMap<string, number>
  /** Time of the first and the last row. */
  readonly from: string
  readonly to: string
  /** Classes: rows with the same class. Numbers: rows with the same value. */
  readonly agreed: number
  /** Mean distance of all rows, and the greatest. */
  readonly distance: { readonly mean: number; readonly most: number }
  /** Classes: [before * classes + after] rows. */
  readonly matrix: Float64Array
  readonly changes: readonly Change[]
  /** Of rows with a label: how many, and the accuracy (classes) or RMSE (numbers) of both. */
  readonly labelled: { readonly rows: number; readonly before: number; readonly after: number }
  readonly layout: Layout
  readonly cells: Float64Array
  readonly drift: DriftCheck
}

/**
 * Lets a forest answer every record of a log.
 * @throws TrainerError TRAINER_ERR_LOG when the directory cannot be read
 */
export async function score(directory: string, forest: Forest, reference: Reference): Promise<Replayed> {
  const labels = await labelsOf(directory)
  const replay = new Replay(forest, reference, labels)
  const tally = newTally()
  for await (const record of readLog(directory, tally)) if ('id' in record) replay.take(record)
  return replay.finish(tally)
}

/** The first label of each prediction counts, as it did when it came. */
async function labelsOf(directory: string): Promise<ReadonlyMap<string, string | number>> {
  const labels = new Map<string, string | number>()
  try {
    for await (const record of readLog(directory)) {
      if ('feedback' in record && !labels.has(record.feedback)) labels.set(record.feedback, record.label)
    }
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause)
    throw new TrainerError('TRAINER_ERR_LOG', `The prediction log ${directory} cannot be read (${reason}).`, { cause })
  }
  return labels
}

class Replay {
  readonly #forest: Forest
  readonly #labels: ReadonlyMap<string, string | number>
  readonly #window: Window
  readonly #classes: readonly string[]
  readonly #levels: readonly (ReadonlyMap<string, number> | undefined)[]
  readonly #values: Float32Array
  readonly #waiting: PredictionRecord[] = []
  readonly #versions = new Map<string, number>()
  readonly #matrix: Float64Array
  #changes: Change[] = []
  #rows = 0
  #incomplete = 0
  #foreign = 0
  #agreed = 0
  #sum = 0
  #most = 0
  #from = ''
  #to = ''
  #labelled = 0
  #before = 0
  #after = 0

  constructor(forest: Forest, reference: Reference, labels: ReadonlyMap<string, string | number>) {
    const { features, target } = forest.signature
    this.#forest = forest
    this.#labels = labels
    this.#window = new Window(reference)
    this.#classes = target.type === 'class' ? target.classes : []
    this.#levels = features.map((feature) =>
      feature.type === 'category' ? new Map(feature.levels.map((level, index) => [level, index])) : undefined,
    )
    this.#values = new Float32Array(BLOCK * features.length)
    this.#matrix = new Float64Array(this.#classes.length ** 2)
  }

  take(record: PredictionRecord): void {
    if (!this.#isComparable(record)) this.#foreign++
    else if (!this.#encode(record)) this.#incomplete++
    else if (this.#waiting.push(record) === BLOCK) this.#flush()
  }

  finish(tally: LogTally): Replayed {
    this.#flush()
    const mean = (sum: number) => (this.#labelled > 0 ? sum / this.#labelled : Number.NaN)
    const isClass = this.#classes.length > 0
    const cells = this.#window.total(0)
    return {
      signature: this.#forest.signature,
      tally,
      rows: this.#rows,
      incomplete: this.#incomplete,
      foreign: this.#foreign,
      versions: this.#versions,
      from: this.#from,
      to: this.#to,
      agreed: this.#agreed,
      distance: { mean: this.#sum / Math.max(1, this.#rows), most: this.#most },
      matrix: this.#matrix,
      changes: this.#changes,
      labelled: {
        rows: this.#labelled,
        before: isClass ? mean(this.#before) : Math.sqrt(mean(this.#before)),
        after: isClass ? mean(this.#after) : Math.sqrt(mean(this.#after)),
      },
      layout: this.#window.layout,
      cells,
      drift: checkDrift(this.#window.layout, cells),
    }
  }

  /** An answer of as many classes, of which one was given, or a value for a value. */
  #isComparable({ output }: PredictionRecord): boolean {
    if ('value' in output) return this.#classes.length === 0
    return output.probabilities.length === this.#classes.length && this.#classes.includes(output.class)
  }

  /** Writes the record's row behind those that wait; false when it lacks a feature or has one of another type. */
  #encode({ features }: PredictionRecord): boolean {
    const all = this.#forest.signature.features
    const start = this.#waiting.length * all.length
    return all.every(({ name }, f) => {
      const value = Object.hasOwn(features, name) ? features[name] : undefined
      const levels = this.#levels[f]
      if (value === null) this.#values[start + f] = Number.NaN
      else if (levels && (typeof value === 'string' || value === -1)) {
        this.#values[start + f] = levels.get(String(value)) ?? levels.size
      } else if (!levels && typeof value === 'number') this.#values[start + f] = value
      else return false
      return true
    })
  }

  #flush(): void {
    const rows = this.#waiting.length
    if (rows === 0) return
    const values = this.#values.subarray(0, rows * this.#forest.signature.features.length)
    const outputs = new Float64Array(rows * this.#forest.outputs)
    const [disagreement, rareShare] = [new Float64Array(rows), new Float64Array(rows)]
    this.#forest.predictSignalsInto(values, { answers: outputs, disagreement, rareShare })
    const classIds = this.#decide(values, outputs)
    this.#window.add(values, { rows, outputs, classIds, disagreement, rareShare }, 0)
    for (const [row, record] of this.#waiting.entries()) this.#compare(record, row, outputs, classIds)
    this.#waiting.length = 0
  }

  #decide(values: Float32Array, outputs: Float64Array): Uint16Array {
    const classes = this.#classes.length
    if (classes === 0) return new Uint16Array(0)
    if (this.#forest.ties === 'first-class') return argmax(outputs, classes)
    const classIds = new Uint16Array(outputs.length / classes)
    this.#forest.predictClassesInto(values, classIds)
    return classIds
  }

  #compare(record: PredictionRecord, row: number, outputs: Float64Array, classIds: Uint16Array): void {
    const { id, time, version, output } = record
    if (this.#rows === 0 || time < this.#from) this.#from = time
    if (time > this.#to) this.#to = time
    this.#rows++
    this.#versions.set(version, (this.#versions.get(version) ?? 0) + 1)
    const label = this.#labels.get(id)
    const change = 'value' in output ? this.#compareValues(output.value, outputs[row]!, label) : undefined
    const found =
      change ??
      this.#compareClasses(output as { class: string; probabilities: number[] }, row, outputs, classIds[row]!, label)
    this.#sum += found.distance
    this.#most = Math.max(this.#most, found.distance)
    if (found.before === found.after) this.#agreed++
    else this.#keep({ id, ...found })
  }

  #compareValues(before: number, after: number, label: string | number | undefined) {
    if (typeof label === 'number') {
      this.#labelled++
      this.#before += (label - before) ** 2
      this.#after += (label - after) ** 2
    }
    return { before: String(before), after: String(after), distance: Math.abs(after - before) }
  }

  #compareClasses(
    output: { readonly class: string; readonly probabilities: readonly number[] },
    row: number,
    outputs: Float64Array,
    classId: number,
    label: string | number | undefined,
  ) {
    const classes = this.#classes
    const after = classes[classId]!
    let distance = 0
    for (let k = 0; k < classes.length; k++) {
      distance += Math.abs(output.probabilities[k]! - outputs[row * classes.length + k]!) / 2
    }
    this.#matrix[classes.indexOf(output.class) * classes.length + classId]!++
    if (label !== undefined && classes.includes(String(label))) {
      this.#labelled++
      if (output.class === String(label)) this.#before++
      if (after === String(label)) this.#after++
    }
    return { before: output.class, after, distance }
  }

  /** Those that moved most stay. */
  #keep(change: Change): void {
    if (this.#changes.length === EXAMPLES && change.distance <= this.#changes[EXAMPLES - 1]!.distance) return
    this.#changes = [...this.#changes, change].sort((a, b) => b.distance - a.distance).slice(0, EXAMPLES)
  }
}
