import { DeployError } from './errors.ts'

export type Action = 'deploy' | 'status' | 'rollback' | 'uninstall'

/** What is to be done, and where. */
export interface Settings {
  readonly action: Action
  readonly release: string
  readonly namespace: string
  /** Directory of the chart. */
  readonly chart: string
  /** Values files, later ones win. */
  readonly values: readonly string[]
  /** `key=value` as helm's --set takes them, after the files. */
  readonly set: readonly string[]
  /** Image to run, `NAME:TAG` or `NAME@sha256:…`; undefined = what the chart says. */
  readonly image: string | undefined
  /** Build the image of this checkout first. */
  readonly build: boolean
  /** `id=ca,src=FILE`, as docker build takes secrets; undefined = none. */
  readonly buildSecret: string | undefined
  /** Command that takes the built image's name as its last argument and brings it to the nodes; undefined = docker push. */
  readonly load: readonly string[] | undefined
  /** Seconds for the rollout, and again for a rollback. */
  readonly timeout: number
  /** Show what would change, and change nothing. */
  readonly dryRun: boolean
  /** Report as JSON. */
  readonly json: boolean
  /** API key for predictions where the release has keys. */
  readonly apiKey: string | undefined
}

const NAME = /^[a-z0-9]([-a-z0-9]{0,51}[a-z0-9])?$/
const IMAGE =
  /^(?<repository>[a-z0-9][-a-z0-9._/:]*?)(?::(?<tag>[\w][\w.-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$/

/** @throws DeployError DEPLOY_ERR_USAGE */
export function checkSettings(settings: Settings): Settings {
  for (const what of ['release', 'namespace'] as const) {
    if (!NAME.test(settings[what])) {
      throw usage(`--${what} must be a name of lower-case letters, digits and dashes, at most 53 long`)
    }
  }
  if (!Number.isInteger(settings.timeout) || settings.timeout < 10 || settings.timeout > 3600) {
    throw usage('--timeout must be a whole number of seconds from 10 to 3600')
  }
  if (settings.image !== undefined) readImage(settings.image)
  if (settings.buildSecret !== undefined && !settings.build) throw usage('--build-secret is for what --build makes')
  if (settings.load !== undefined && !settings.build) throw usage('--load is for an image that --build has made')
  return settings
}

export interface Image {
  readonly repository: string
  readonly tag: string
  readonly digest: string
}

/** @throws DeployError DEPLOY_ERR_USAGE when an image has neither tag nor digest, or the tag `latest` */
export function readImage(image: string): Image {
  const { repository, tag = '', digest = '' } = IMAGE.exec(image)?.groups ?? {}
  if (repository === undefined || (tag === '' && digest === '') || tag === 'latest') {
    throw usage(
      '--image must be NAME:TAG or NAME@sha256:DIGEST, and the tag not latest, which means another image tomorrow',
    )
  }
  return { repository, tag, digest }
}

function usage(message: string): DeployError {
  return new DeployError('DEPLOY_ERR_USAGE', `${message}.`)
}
