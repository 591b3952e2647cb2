import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Forest } from '@copse/model'
import { parseReference, type Reference } from '@copse/monitoring'
import { openTracking, resolveModel } from '@copse/tracking'
import { TrainerError } from '../errors.ts'
import { type Output, plural, say } from '../output.ts'
import { SUMS, sha256 } from '../sums.ts'
import type { ReplaySettings } from './command-line.ts'
import { replayPage } from './page.ts'
import { writeParquet } from './parquet.ts'
import { replayText } from './report.ts'
import { type Replayed, score } from './score.ts'

/**
 * Scores a prediction log with a model, prints what came of it and writes it as a page.
 * @throws TrainerError TRAINER_ERR_LOG, TRAINER_ERR_WRITE, and what finding and reading the model throws
 */
export async function replay(settings: ReplaySettings, output: Output): Promise<Replayed> {
  const { log, model, html } = settings
  const { forest, reference } = await readModel(settings)
  const replayed = await score(log, forest, reference)
  if (replayed.rows === 0) throw new TrainerError('TRAINER_ERR_LOG', whyNothing(log, replayed))
  output.write(replayText(model, replayed))
  const page = replayPage(model, replayed)
  await writeFile(html, page).catch((cause) => {
    throw new TrainerError('TRAINER_ERR_WRITE', `The page cannot be written to ${html} (${cause.code}).`, { cause })
  })
  say(output, `\nThe page is ${html}.`)
  if (settings.parquet !== undefined) {
    const rows = await writeParquet(log, settings.parquet)
    say(output, `${settings.parquet} holds ${plural(rows, 'prediction')} as Parquet.`)
  }
  return replayed
}

async function readModel({
  model,
  tracking: options,
}: ReplaySettings): Promise<{ forest: Forest; reference: Reference }> {
  await using tracking = await openTracking(options)
  const { directory } = await resolveModel(tracking, model, { cache: join(tracking.home, 'cache', 'models') })
  const sums = await readFile(join(directory, SUMS), 'utf8')
  const read = async (name: string): Promise<Buffer> => {
    const content = await readFile(join(directory, name))
    if (sums.split('\n').includes(`${sha256(content)}  ${name}`)) return content
    throw new TrainerError('TRAINER_ERR_LOG', `${join(directory, name)} does not match its sum in ${SUMS}.`)
  }
  return {
    forest: Forest.from(await read('forest.copse')),
    reference: parseReference(JSON.parse((await read('reference.json')).toString())),
  }
}

function whyNothing(log: string, { tally, incomplete, foreign }: Replayed): string {
  if (incomplete > 0) {
    return `None of the ${incomplete} records in ${log} has all features of the model; log them (features: all) to replay.`
  }
  if (foreign > 0) return `The ${foreign} records in ${log} are answers of another kind than the model's.`
  return tally.files === 0 ? `There is no segment in ${log}.` : `There is no prediction in the segments of ${log}.`
}
