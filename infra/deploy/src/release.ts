import { DeployError } from './errors.ts'
import { readImage, type Settings } from './settings.ts'
import type { Tools } from './tools.ts'

const ANY_STATUS = ['--deployed', '--failed', '--pending', '--uninstalling']

/** A revision of a release as `helm history` has it. */
export interface Revision {
  readonly revision: number
  readonly status: string
  readonly description: string
}

/** The release in the cluster, through helm. */
export class Release {
  readonly #tools: Tools
  readonly #settings: Settings

  constructor(tools: Tools, settings: Settings) {
    this.#tools = tools
    this.#settings = settings
  }

  /** Its revisions, oldest first; none when it is not installed. */
  async history(): Promise<Revision[]> {
    const { release } = this.#settings
    // `helm history` fails alike for "not found" and for a cluster that does not answer; `helm list` tells them apart.
    const list = await this.#helm(['list', ...ANY_STATUS, '--filter', `^${release}$`, '--output', 'json'])
    if (parse<unknown[]>(list, 'helm list').length === 0) return []
    return parse<Revision[]>(await this.#helm(['history', release, '--max', '20', '--output', 'json']), 'helm history')
  }

  /** The manifests that an upgrade would apply. */
  async render(): Promise<string> {
    const { release, chart } = this.#settings
    const { stdout } = await this.#tools.run('DEPLOY_ERR_RENDER', 'helm', [
      'template',
      release,
      chart,
      ...this.#namespace,
      ...this.#values,
      '--skip-tests',
    ])
    return stdout
  }

  /**
   * Installs or upgrades and waits until it runs. Going back is left to the caller, because helm's own way back takes
   * the pods away that could tell what was wrong.
   */
  async upgrade(): Promise<void> {
    const { release, chart, timeout } = this.#settings
    await this.#tools.run(
      'DEPLOY_ERR_RELEASE',
      'helm',
      [
        'upgrade',
        '--install',
        release,
        chart,
        ...this.#namespace,
        '--create-namespace',
        ...this.#values,
        '--wait',
        '--timeout',
        `${timeout}s`,
        '--history-max',
        '20',
      ],
      { timeout: timeout + 60 },
    )
  }

  async rollback(revision: number): Promise<void> {
    const { release, timeout } = this.#settings
    const args = ['rollback', release, String(revision), ...this.#namespace, '--wait', '--timeout', `${timeout}s`]
    await this.#tools.run('DEPLOY_ERR_ROLLBACK', 'helm', args, { timeout: timeout + 60 })
  }

  async uninstall(): Promise<void> {
    const { release, timeout } = this.#settings
    const args = ['uninstall', release, ...this.#namespace, '--wait', '--timeout', `${timeout}s`]
    await this.#tools.run('DEPLOY_ERR_RELEASE', 'helm', args, { timeout: timeout + 60 })
  }

  /** The values in use, the chart's own included. */
  async values(): Promise<Values> {
    return parse(
      await this.#helm(['get', 'values', this.#settings.release, '--all', '--output', 'json']),
      'helm get values',
    )
  }

  async #helm(args: readonly string[]): Promise<string> {
    const { stdout } = await this.#tools.run('DEPLOY_ERR_RELEASE', 'helm', [...args, ...this.#namespace])
    return stdout
  }

  get #namespace(): readonly string[] {
    return ['--namespace', this.#settings.namespace]
  }

  get #values(): readonly string[] {
    const { values, set, image } = this.#settings
    const args = [...values.flatMap((file) => ['--values', file]), ...set.flatMap((pair) => ['--set', pair])]
    if (image === undefined) return args
    const { repository, tag, digest } = readImage(image)
    const parts = { 'image.registry': '', 'image.repository': repository, 'image.tag': tag, 'image.digest': digest }
    return [...args, ...Object.entries(parts).flatMap(([key, value]) => ['--set-string', `${key}=${value}`])]
  }
}

/** The part of the chart's values that a verification looks at. */
export interface Values {
  readonly test: { readonly features: unknown; readonly expect: Readonly<Record<string, unknown>> }
  readonly service: { readonly port: number; readonly metricsPort: number }
  readonly keys: { readonly existingSecret: string }
}

function parse<T>(text: string, what: string): T {
  try {
    return JSON.parse(text) as T
  } catch (error) {
    throw new DeployError('DEPLOY_ERR_RELEASE', `${what} answered what is not JSON.`, { cause: error })
  }
}
