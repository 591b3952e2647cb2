import type { Signature } from '@copse/model'
import type { ApiError } from '../../errors.ts'
import type { Answers } from '../../model/served.ts'
import { binaryNumbers, binaryText } from './binary.ts'
import type { InferRequest, OutputName } from './read.ts'

/** An answer: JSON text, or JSON followed by binary tensors. */
export type InferAnswer = string | { readonly json: Buffer; readonly tensors: readonly Buffer[] }

/** Writes the answers of one model as inference responses. */
export class InferWriter {
  readonly #head: string
  /** Of each class, as JSON and as an element of a BYTES tensor. */
  readonly #labels: readonly string[]
  readonly #binaryLabels: readonly Buffer[]

  constructor(name: string, version: string, { target }: Signature) {
    this.#head = `{"model_name":${JSON.stringify(name)},"model_version":${JSON.stringify(version)}`
    const classes = target.type === 'class' ? target.classes : []
    this.#labels = classes.map((label) => JSON.stringify(label))
    this.#binaryLabels = classes.map(binaryText)
  }

  /** `predictionId` is put into the parameters. */
  write(answers: Answers, { id, outputs }: InferRequest, predictionId: string): InferAnswer {
    let text = id === undefined ? this.#head : `${this.#head},"id":${JSON.stringify(id)}`
    text += `,"parameters":{"prediction_id":"${predictionId}"},"outputs":[`
    const tensors: Buffer[] = []
    for (let i = 0; i < outputs.length; i++) {
      const { name, binary } = outputs[i]!
      text += `${i === 0 ? '{' : ',{'}"name":"${name}",${this.#describe(name, answers)}`
      if (binary) {
        const bytes =
          name === 'label' ? this.#labelBytes(answers) : binaryNumbers(answers.outputs, answers.outputs.length)
        tensors.push(bytes)
        text += `,"parameters":{"binary_data_size":${bytes.length}}}`
      } else {
        text += `,"data":[${name === 'label' ? this.#labelText(answers) : answers.outputs.join()}]}`
      }
    }
    text += ']}'
    return tensors.length === 0 ? text : { json: Buffer.from(text), tensors }
  }

  #describe(name: OutputName, { rows, outputs }: Answers): string {
    if (name === 'label') return `"datatype":"BYTES","shape":[${rows}]`
    if (name === 'value') return `"datatype":"FP64","shape":[${rows}]`
    return `"datatype":"FP64","shape":[${rows},${outputs.length / rows}]`
  }

  #labelText({ rows, classIds }: Answers): string {
    let text = this.#labels[classIds[0]!]!
    for (let row = 1; row < rows; row++) text += `,${this.#labels[classIds[row]!]}`
    return text
  }

  #labelBytes({ rows, classIds }: Answers): Buffer {
    const parts = new Array<Buffer>(rows)
    for (let row = 0; row < rows; row++) parts[row] = this.#binaryLabels[classIds[row]!]!
    return Buffer.concat(parts)
  }
}

/** JSON text of an error as this dialect answers it. */
export function errorText({ message, path }: ApiError): string {
  return JSON.stringify({ error: path === undefined || path === '' ? message : `${message} (at ${path})` })
}
