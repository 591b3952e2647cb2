import { DeployError } from './errors.ts'
import type { Settings } from './settings.ts'
import type { Tools } from './tools.ts'

const LEAST_HELM = 4

/**
 * Looks for the programs that the action needs; answers their versions in a line.
 * @throws DeployError DEPLOY_ERR_TOOL
 */
export async function checkTools(tools: Tools, { build }: Settings): Promise<string> {
  const helm = (await tools.run('DEPLOY_ERR_TOOL', 'helm', ['version', '--template', '{{.Version}}'])).stdout.trim()
  const major = Number(/^v?(\d+)\./.exec(helm)?.[1])
  // Helm 3 neither waits nor goes back under these flags, and is out of support.
  if (!(major >= LEAST_HELM)) {
    throw new DeployError(
      'DEPLOY_ERR_TOOL',
      `helm is ${helm || 'of an unknown version'}; ${LEAST_HELM} or later is needed.`,
    )
  }
  const kubectl = (await tools.run('DEPLOY_ERR_TOOL', 'kubectl', ['version', '--client', '--output=json'])).stdout
  const version = (JSON.parse(kubectl) as { clientVersion?: { gitVersion?: string } }).clientVersion?.gitVersion
  if (build) await tools.run('DEPLOY_ERR_TOOL', 'docker', ['version', '--format', '{{.Server.Version}}'])
  return `helm ${helm}, kubectl ${version ?? 'of an unknown version'}`
}
