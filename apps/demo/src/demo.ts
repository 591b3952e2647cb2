import { iris } from '@copse/dataset'
import { showAnswers } from './answers.ts'
import { Client } from './client.ts'
import { showHealth } from './health.ts'
import { showLoad } from './load.ts'
import { askModel, type Model, showModel } from './model.ts'
import { showRefusals } from './refusals.ts'
import type { Report } from './report.ts'
import { type Sample, samplesFrom, samplesOf } from './samples.ts'
import type { Settings } from './settings.ts'
import { sameShape } from './signature.ts'

/**
 * Shows a running service; true when all of it is as it should be.
 *
 * @throws DemoError DEMO_ERR_UNREACHABLE
 */
export async function runDemo({ url, seconds, apiKey }: Settings, report: Report): Promise<boolean> {
  const client = new Client(url, apiKey)
  const health = await client.get('health')
  report.line(`Copse at ${report.paint('cyan', url.href)}`)
  const model = showHealth(health, report) ? await askModel(client, report) : undefined
  if (model) {
    const samples = chooseSamples(model, report)
    await showAnswers(client, report, model.signature, samples)
    report.heading('Three bad requests')
    await showRefusals(client, report, model.signature, samples[0])
    await showLoad(client, report, samples, seconds)
    showModel(model, report)
  }
  report.line('')
  if (report.problems === 0) report.line(report.paint('green', 'All is as it should be.'))
  else report.line(report.paint('red', `${report.problems} ${report.problems === 1 ? 'thing is' : 'things are'} off.`))
  return report.problems === 0
}

/** Iris' own rows for a model of Iris, else rows from the model's signature. */
function chooseSamples({ name, signature }: Model, report: Report): Sample[] {
  const flowers = iris()
  if (sameShape(signature, flowers.signature)) {
    report.heading('Six Iris samples (POST /predict)')
    return samplesOf(flowers)
  }
  report.heading('Six samples (POST /predict)')
  report.say(`The demo's own samples are Iris' and the service serves ${name}: these come from its signature's ranges.`)
  return samplesFrom(signature)
}
