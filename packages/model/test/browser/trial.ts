import { Forest, type Parameters, type Table, train } from '../../src/index.ts'
import { kernelModule } from '../../src/kernel-module.ts'
import { instantiateKernel } from '../../src/predict-kernel.ts'
import { Random } from '../../src/random.ts'

/** What a platform makes of one table: bytes and answers as base64, so that they can be compared to the last bit. */
export interface Answer {
  readonly name: string
  readonly forest: string
  readonly answers: string
  readonly signals: string
  readonly leaves: string
}

export interface Trial {
  /** Whether kernels train and predict here, or the plain path does. */
  readonly kernels: boolean
  readonly sharedMemory: boolean
  readonly answers: readonly Answer[]
}

const WAYS: readonly { name: string; classes: number; parameters: Parameters }[] = [
  { name: 'two classes, exact', classes: 2, parameters: {} },
  { name: 'two classes, 256 bins', classes: 2, parameters: { maxBins: 256 } },
  { name: 'five classes', classes: 5, parameters: { classWeight: 'balanced', oobScore: true } },
  { name: 'numbers', classes: 0, parameters: { oobScore: true } },
  { name: 'random cuts', classes: 2, parameters: { splitter: 'random', bootstrap: false } },
  { name: 'entropy', classes: 5, parameters: { criterion: 'entropy', maxDepth: 6 } },
]

/** Trains and predicts with everything that has a kernel, on the calling thread; runs in Node and in a browser alike. */
export async function runTrial(): Promise<Trial> {
  const answers: Answer[] = []
  for (const { name, classes, parameters } of WAYS) {
    const table = makeTable(classes)
    const trained = await train(table, { nEstimators: 5, seed: 11, ...parameters })
    const forest = Forest.from(trained.data.slice())
    const out = new Float64Array(table.rows * forest.outputs)
    forest.predictInto(table.columns, out)
    const rareShare = new Float64Array(table.rows)
    const signals = { answers: out.slice(), disagreement: new Float64Array(table.rows), rareShare }
    forest.predictSignalsInto(table.columns, signals)
    const leaves = new Uint32Array(table.rows * forest.treeCount)
    forest.applyInto(table.columns, leaves)
    answers.push({
      name,
      forest: base64(trained.data),
      answers: base64(out),
      signals: base64(signals.answers) + base64(signals.disagreement) + base64(rareShare),
      leaves: base64(leaves),
    })
  }
  return { kernels: hasKernels(), sharedMemory: typeof SharedArrayBuffer === 'function', answers }
}

function hasKernels(): boolean {
  try {
    return kernelModule() !== undefined && instantiateKernel(1) !== undefined
  } catch {
    return false
  }
}

/** Numbers with missing values, small whole numbers and a category. */
function makeTable(classes: number): Table {
  const random = Random.ofTree(3, classes)
  const rows = 2500
  const columns = Array.from({ length: 4 }, () => new Float32Array(rows))
  const target = classes > 0 ? new Uint16Array(rows) : new Float64Array(rows)
  for (let row = 0; row < rows; row++) {
    columns[0][row] = random.share()
    columns[1][row] = random.below(10) === 0 ? Number.NaN : random.share() - 0.5
    columns[2][row] = random.below(12)
    columns[3][row] = random.below(5)
    const sum = columns[0][row] * 3 + (columns[2][row] % 4) + (columns[3][row] === 2 ? 2 : 0) + random.share()
    target[row] = classes > 0 ? Math.min(classes - 1, Math.floor((sum * classes) / 8)) : sum
  }
  const number = (name: string, missing: boolean) => ({ name, type: 'number', missing, min: -1, max: 12 }) as const
  return {
    rows,
    columns,
    target,
    signature: {
      features: [
        number('a', false),
        number('b', true),
        number('c', false),
        { name: 'd', type: 'category', missing: false, levels: ['p', 'q', 'r', 's', 't'] },
      ],
      target:
        classes > 0
          ? { name: 'y', type: 'class', classes: Array.from({ length: classes }, (_, k) => `c${k}`) }
          : { name: 'y', type: 'number' },
    },
  }
}

function base64(values: ArrayBufferView): string {
  let text = ''
  for (const byte of new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    text += String.fromCharCode(byte)
  return btoa(text)
}
