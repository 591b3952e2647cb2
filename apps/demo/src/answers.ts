import type { Signature } from '@copse/dataset'
import type { Client } from './client.ts'
import { type Prediction, readPrediction } from './prediction.ts'
import { refusalOf } from './refusal.ts'
import { type Cell, type Report, shorten } from './report.ts'
import type { Sample } from './samples.ts'

/** Asks for a prediction of each sample and shows the answers, beside the truth where it is known. */
export async function showAnswers(
  client: Client,
  report: Report,
  signature: Signature,
  samples: readonly Sample[],
): Promise<void> {
  const { features, target } = signature
  report.say(`Features in order: ${shorten(features.map(({ name }) => name).join(', '), 200)}.`)
  const rows: Cell[][] = []
  const problems: string[] = []
  let right = 0
  for (const { values, truth } of samples) {
    const { status, json } = await client.post('predict', { features: values })
    const prediction = status === 200 ? readPrediction(json, target) : refused(status, json)
    if (typeof prediction === 'string') problems.push(prediction)
    else if (prediction.answer === truth) right++
    rows.push(rowOf(values.join(', '), prediction, truth))
  }
  const known = samples.some(({ truth }) => truth !== undefined)
  const sure = target.type === 'class' ? ['confidence'] : []
  report.table(['features', ...(known ? ['truth'] : []), 'answer', ...sure], rows)
  if (known) report.say(`${right} of ${samples.length} answers are the truth.`)
  for (const problem of problems) report.problem(problem)
}

function rowOf(features: string, prediction: Prediction | string, truth: string | undefined): Cell[] {
  const known = truth !== undefined
  const cells: Cell[] = [{ text: shorten(features, known ? 28 : 34) }]
  if (known) cells.push({ text: shorten(truth, 14) })
  if (typeof prediction === 'string') return [...cells, { text: '✖', format: 'red' }, { text: '' }]
  const { answer, confidence } = prediction
  cells.push({ text: shorten(answer, known ? 14 : 24), format: known && truth !== answer ? 'yellow' : 'green' })
  if (confidence !== undefined) cells.push({ text: `${(confidence * 100).toFixed(1)}%`, right: true })
  return cells
}

function refused(status: number, json: unknown): string {
  const refusal = refusalOf(json)
  return refusal
    ? `A sample was refused with ${status} ${refusal.code}: ${refusal.message}`
    : `A sample was answered with ${status}, not 200.`
}
