import { join } from 'node:path'
import { cached } from './cache.ts'
import { output } from './run.ts'

interface Source {
  /** Folder with the go.mod and go.sum that pin it. */
  readonly folder: string
  readonly path: string
  readonly flags: readonly string[]
}

const HELM = 'helm.sh/helm/v4'
const HELM_VERSION = 'v4.3.1'

/** Programs built from pinned Go modules. */
export const GO_TOOLS = {
  helm: {
    folder: 'helm',
    path: `${HELM}/cmd/helm`,
    flags: ['-ldflags', `-s -w -X ${HELM}/internal/version.version=${HELM_VERSION}`],
  },
  kubeconform: { folder: 'helm', path: 'github.com/yannh/kubeconform/cmd/kubeconform', flags: [] },
  'helm-unittest': {
    folder: 'helm-unittest',
    path: 'github.com/helm-unittest/helm-unittest/cmd/helm-unittest',
    flags: [],
  },
  'helm-docs': { folder: 'helm-docs', path: 'github.com/norwoodj/helm-docs/cmd/helm-docs', flags: [] },
  promtool: {
    folder: 'promtool',
    path: 'github.com/prometheus/prometheus/cmd/promtool',
    // Without the tag the service discoveries of every cloud are built too.
    flags: ['-tags', 'remove_all_sd'],
  },
  actionlint: { folder: 'actionlint', path: 'github.com/rhysd/actionlint/cmd/actionlint', flags: [] },
} as const satisfies Record<string, Source>

export type GoTool = keyof typeof GO_TOOLS

/**
 * The path of a program, built on first use (helm takes minutes) and kept.
 * @throws ToolsError TOOLS_ERR_ABSENT without Go, TOOLS_ERR_BUILD when it does not build
 */
export async function goTool(name: GoTool): Promise<string> {
  const { folder, path, flags } = GO_TOOLS[name]
  const module = join(import.meta.dirname, '..', folder)
  const sources = [join(module, 'go.mod'), join(module, 'go.sum')]
  const directory = await cached(name, sources, [path, ...flags].join(' '), async (draft) => {
    const args = ['build', '-trimpath', '-mod=readonly', '-buildvcs=false', ...flags, '-o', join(draft, name), path]
    await output('go', args, { cwd: module, env: { ...process.env, CGO_ENABLED: '0', GOWORK: 'off' } })
  })
  return join(directory, name)
}
