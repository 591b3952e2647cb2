import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Test } from 'tap'
import { until } from './ask.ts'
import { type Ended, program } from './tool.ts'

const CHARTS = join(import.meta.dirname, '..', 'helm')

/** What every namespace has of its own accord, or what only tells of the past. */
const ALWAYS_THERE = /^(configmap\/kube-root-ca\.crt|serviceaccount\/default|event(\.events\.k8s\.io)?\/.*)$/

/** Whether KUBECONFIG names a cluster that answers, and kubectl and Helm 4 are there; says what is missing. */
export async function hasCluster(t: Test): Promise<boolean> {
  const missing: string[] = []
  // Never the cluster that somebody happens to be logged in to.
  if (!process.env.KUBECONFIG) missing.push('KUBECONFIG is not set; it names the cluster to test on')
  else {
    const args = ['version', '--request-timeout=10s', '--output=json']
    const kubectl = await program('kubectl', args).catch(() => undefined)
    if (kubectl === undefined) missing.push('kubectl is not on PATH')
    else if (kubectl.code !== 0) missing.push('the API server that KUBECONFIG names does not answer')
  }
  const helm = await program('helm', ['version', '--template', '{{.Version}}']).catch(() => undefined)
  if (!/^v4\./.test(helm?.stdout ?? '')) missing.push('there is no Helm 4 on PATH')
  for (const what of missing) t.pass('cluster', { skip: what })
  return missing.length === 0
}

/** A namespace of the test's own, which admits only what Pod Security "restricted" does; gone at its end. */
export async function newNamespace(t: Test): Promise<Namespace> {
  const name = `copse-test-${randomBytes(4).toString('hex')}`
  const labels = ['enforce', 'warn'].map((mode) => `pod-security.kubernetes.io/${mode}=restricted`)
  await ended(await program('kubectl', ['create', 'namespace', name]), 'kubectl create namespace')
  t.teardown(() => program('kubectl', ['delete', 'namespace', name, '--wait=false']))
  await ended(await program('kubectl', ['label', 'namespace', name, ...labels]), 'kubectl label namespace')
  return new Namespace(name)
}

export class Namespace {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }

  /** Runs kubectl in the namespace for its standard output. */
  async kubectl(args: readonly string[], input = ''): Promise<string> {
    return ended(await this.tryKubectl(args, input), `kubectl ${args.join(' ')}`)
  }

  tryKubectl(args: readonly string[], input = ''): Promise<Ended> {
    // Before what `kubectl exec` hands on.
    return program('kubectl', ['--namespace', this.name, ...args], input)
  }

  /** Runs helm in the namespace; `set` become its --set flags, with JSON for what is no text. */
  helm(args: readonly string[], set: Readonly<Record<string, unknown>> = {}): Promise<Ended> {
    const flags = Object.entries(set).flatMap(([key, value]) =>
      typeof value === 'string'
        ? ['--set-string', `${key}=${value}`]
        : ['--set-json', `${key}=${JSON.stringify(value)}`],
    )
    return program('helm', [...args, '--namespace', this.name, ...flags])
  }

  async list<T = KubernetesObject>(kind: string, selector = ''): Promise<T[]> {
    const args = ['get', kind, '--output=json', ...(selector === '' ? [] : [`--selector=${selector}`])]
    return (JSON.parse(await this.kubectl(args)) as { items: T[] }).items
  }

  async get<T = KubernetesObject>(kind: string, name: string): Promise<T> {
    return JSON.parse(await this.kubectl(['get', kind, name, '--output=json'])) as T
  }

  /** Pods of the service, those that are ending included. */
  pods(component = 'api'): Promise<Pod[]> {
    return this.list<Pod>('pods', `app.kubernetes.io/component=${component}`)
  }

  /** Everything that is in the namespace beside what Kubernetes puts into each. */
  async contents(): Promise<string[]> {
    const kinds = await this.kubectl(['api-resources', '--namespaced', '--verbs=list', '--output=name'])
    const listed = kinds.split('\n').filter((kind) => kind !== '' && !/^events(\.|$)/.test(kind))
    const names = await this.kubectl(['get', listed.join(','), '--output=name', '--ignore-not-found'])
    return names.split('\n').filter((name) => name !== '' && !ALWAYS_THERE.test(name))
  }

  /** What is still in the namespace a minute after it should be empty. */
  async leftover(): Promise<string[]> {
    let left: string[] = []
    await until('the namespace is empty', 60, async () => {
      left = await this.contents()
      return left.length === 0
    }).catch(() => {})
    return left
  }

  /** The address of a Service of type NodePort, from outside of the cluster. */
  async nodeUrl(service: string): Promise<string> {
    const { spec } = await this.get<{ spec: { ports: { name: string; nodePort?: number }[] } }>('service', service)
    const port = spec.ports.find(({ name }) => name === 'http')?.nodePort
    return `http://${process.env.COPSE_TEST_NODE ?? (await nodeAddress())}:${port}`
  }
}

export interface KubernetesObject {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string }
}

export interface Pod extends KubernetesObject {
  readonly spec: { readonly containers: readonly { readonly image: string }[] }
  readonly status: {
    readonly containerStatuses?: readonly { readonly ready: boolean; readonly imageID: string }[]
  }
}

export function chart(name: string): string {
  return join(CHARTS, name)
}

/** Where NodePorts are reached: a node's own address, unless COPSE_TEST_NODE names another host. */
async function nodeAddress(): Promise<string> {
  const path = 'jsonpath={.items[0].status.addresses[?(@.type=="InternalIP")].address}'
  return (await ended(await program('kubectl', ['get', 'nodes', '--output', path]), 'kubectl get nodes')).trim()
}

async function ended({ code, stdout, stderr }: Ended, what: string): Promise<string> {
  if (code !== 0) throw new Error(`${what} failed: ${stderr.trim().slice(-2000)}`)
  return stdout
}
