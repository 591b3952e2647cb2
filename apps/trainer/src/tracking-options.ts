import type { TrackingOptions } from '@copse/tracking'
import { gitCommit } from './git.ts'
import { type Output, say } from './output.ts'
import type { Settings } from './settings.ts'

/** As MLflow shows it: what made the runs. */
const SOURCE = 'apps/trainer/src/main.ts'

/** Where the runs of an experiment go, what they say of their source, and where warnings are printed. */
export async function trackingOptions(settings: Settings, output: Output): Promise<TrackingOptions> {
  return {
    ...settings.server,
    uri: settings.trackingUri,
    home: settings.home,
    source: { name: SOURCE, gitCommit: await gitCommit(import.meta.dirname) },
    onWarning: (warning) => say(output, `Warning: ${warning}`, '  '),
  }
}
