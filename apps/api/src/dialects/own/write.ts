import type { Signature } from '@copse/model'
import type { Answers } from '../../model/served.ts'

/** Writes the answers of a model as JSON text in the own dialect. */
export interface AnswerWriter {
  /** The answer to `{"features": …}`: row 0. */
  one(answers: Answers): string
  /** The answer to `{"rows": …}`. */
  many(answers: Answers): string
}

/** Everything but the numbers is made to text here, once. */
export function answerWriter({ target }: Signature): AnswerWriter {
  const write = target.type === 'class' ? classWriter(target.classes) : writeValue
  return {
    one: (answers) => write(answers, 0),
    many(answers) {
      let text = write(answers, 0)
      for (let row = 1; row < answers.rows; row++) text += `,${write(answers, row)}`
      return `{"predictions":[${text}]}`
    },
  }
}

function classWriter(classes: readonly string[]) {
  const count = classes.length
  const names = classes.map((name) => JSON.stringify(name))
  const heads = names.map((name, k) => `{"prediction":{"class_id":${k},"class_name":${name},"confidence":`)
  const keys = names.map((name, k) => `${k === 0 ? '},"probabilities":{' : ','}${name}:`)
  return ({ outputs, classIds }: Answers, row: number): string => {
    const start = row * count
    const best = classIds[row]!
    let text = heads[best]! + outputs[start + best]!
    for (let k = 0; k < count; k++) text += keys[k]! + outputs[start + k]!
    return `${text}}}`
  }
}

function writeValue({ outputs }: Answers, row: number): string {
  return `{"prediction":{"value":${outputs[row]}}}`
}
