import { DeployError } from './errors.ts'
import type { Settings } from './settings.ts'
import type { Tools } from './tools.ts'

/** A pod of the service. */
export interface Pod {
  readonly name: string
  readonly ready: boolean
  readonly restarts: number
  readonly node: string
  readonly image: string
  /** `…@sha256:…` as the node pulled it; '' before it did. */
  readonly imageId: string
}

/** The cluster, through kubectl. */
export class Cluster {
  readonly #tools: Tools
  readonly #settings: Settings

  constructor(tools: Tools, settings: Settings) {
    this.#tools = tools
    this.#settings = settings
  }

  /** @throws DeployError DEPLOY_ERR_CLUSTER when it does not answer, or does not let us deploy */
  async check(): Promise<void> {
    await this.#kubectl(['version', '--request-timeout=10s', '--output=json'])
    const { namespace } = this.#settings
    const args = ['auth', 'can-i', 'create', 'deployments.apps', '--namespace', namespace]
    const { stdout } = await this.#tools.run('DEPLOY_ERR_CLUSTER', 'kubectl', args, { answers: [0, 1], timeout: 30 })
    if (stdout.trim() !== 'yes') {
      throw new DeployError(
        'DEPLOY_ERR_CLUSTER',
        `The cluster does not let this user deploy to the namespace ${namespace}.`,
      )
    }
  }

  /** What would change of what is there; '' for nothing. */
  async diff(manifests: string): Promise<string> {
    const args = ['diff', '--namespace', this.#settings.namespace, '--filename', '-']
    const options = { input: manifests, answers: [0, 1] }
    return (await this.#tools.run('DEPLOY_ERR_RENDER', 'kubectl', args, options)).stdout
  }

  async rollout(): Promise<void> {
    const { timeout } = this.#settings
    const args = ['rollout', 'status', `deployment/${await this.service()}`, `--timeout=${timeout}s`]
    await this.#tools.run('DEPLOY_ERR_ROLLOUT', 'kubectl', [...args, ...this.#namespace], { timeout: timeout + 10 })
  }

  /** Name of the Service and of the Deployment. */
  async service(): Promise<string> {
    const found = await this.#list<{ metadata: { name: string } }>('services', 'app.kubernetes.io/component=api')
    const name = found[0]?.metadata.name
    if (name !== undefined) return name
    throw new DeployError('DEPLOY_ERR_CLUSTER', `The release ${this.#settings.release} has no Service for predictions.`)
  }

  async pods(): Promise<Pod[]> {
    const found = await this.#list<PodObject>('pods', 'app.kubernetes.io/component=api')
    return found.map(({ metadata, spec, status }) => {
      const container = status.containerStatuses?.[0]
      return {
        name: metadata.name,
        ready: container?.ready === true && metadata.deletionTimestamp === undefined,
        restarts: container?.restartCount ?? 0,
        node: spec.nodeName ?? '',
        image: spec.containers[0]?.image ?? '',
        imageId: container?.imageID ?? '',
      }
    })
  }

  /** Why pods do not run: their last warnings, and the ends of their logs. Never throws. */
  async diagnosis(): Promise<string> {
    const selector = [`--selector=${this.#instance},app.kubernetes.io/component=api`, ...this.#namespace]
    const asked: [title: string, args: readonly string[]][] = [
      ['pods', ['get', 'pods', '--output=wide', ...selector]],
      ['warnings', ['get', 'events', '--field-selector=type=Warning', '--sort-by=.lastTimestamp', ...this.#namespace]],
      ['log', ['logs', '--tail=20', '--prefix', '--all-containers', ...selector]],
    ]
    const parts: string[] = []
    for (const [title, args] of asked) {
      const text = await this.#tools.run('DEPLOY_ERR_CLUSTER', 'kubectl', args, { timeout: 20 }).then(
        ({ stdout }) => stdout.split('\n').slice(-20).join('\n').trim(),
        (error: Error) => error.message,
      )
      if (text !== '') parts.push(`--- ${title}\n${text}`)
    }
    return parts.join('\n')
  }

  async #list<T>(kind: string, label: string): Promise<T[]> {
    const args = ['get', kind, `--selector=${this.#instance},${label}`, '--output=json', ...this.#namespace]
    return (JSON.parse(await this.#kubectl(args)) as { items: T[] }).items
  }

  async #kubectl(args: readonly string[]): Promise<string> {
    return (await this.#tools.run('DEPLOY_ERR_CLUSTER', 'kubectl', args, { timeout: 30 })).stdout
  }

  get #instance(): string {
    return `app.kubernetes.io/instance=${this.#settings.release}`
  }

  get #namespace(): readonly string[] {
    return ['--namespace', this.#settings.namespace]
  }
}

interface PodObject {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string }
  readonly spec: { readonly nodeName?: string; readonly containers: readonly { readonly image: string }[] }
  readonly status: {
    readonly containerStatuses?: readonly {
      readonly ready: boolean
      readonly restartCount: number
      readonly imageID: string
    }[]
  }
}
