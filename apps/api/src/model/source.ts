import { basename, join, resolve } from 'node:path'
import type {
  ModelReference,
  ModelVersion,
  Registry,
  ResolvedModel,
  Tracking,
  TrackingOptions,
  WatchOptions,
} from '@copse/tracking'
import { ApiError } from '../errors.ts'
import type { Settings } from '../settings.ts'
import { checkHome } from './home.ts'
import type { Origin } from './served.ts'

/** Where a bundle is. */
export interface Located {
  readonly directory: string
  readonly origin: Origin
  /** What the registry says the sha256 of `SHA256SUMS` is. */
  readonly bundleSha256: string | undefined
}

/** Finds the model that a reference means. */
export interface ModelSource {
  readonly reference: string
  /** Name of the model, as far as the reference tells it. */
  readonly name: string
  /** A remote source may be down for a while: the service then lives without a model and asks again. */
  readonly remote: boolean
  /** @throws ApiError API_ERR_MODEL_ABSENT, API_ERR_REGISTRY or API_ERR_BUNDLE */
  locate(): Promise<Located>
  /** Yields the version that the alias points at, now and after each move; absent where nothing can move. */
  watch?(options: WatchSourceOptions): AsyncIterable<string | undefined>
  close(): Promise<void>
}

export interface WatchSourceOptions {
  /** Most milliseconds between two looks. */
  readonly intervalMs: number
  readonly signal: AbortSignal
  /** Told after each look: why it failed, or undefined. */
  readonly onLook: (error: Error | undefined) => void
}

/** The part of `@copse/tracking` that finds models. */
export interface Finder {
  parseModelReference(text: string): ModelReference
  openTracking(options: TrackingOptions): Promise<Tracking>
  resolveModel(tracking: Tracking, reference: string, options: { cache: string }): Promise<ResolvedModel>
  watchAlias(
    registry: Registry,
    name: string,
    alias: string,
    options: WatchOptions,
  ): AsyncIterable<ModelVersion | undefined>
}

type SourceSettings = Pick<Settings, 'models' | 'home' | 'tracking'>

/**
 * The sources of `settings.models`, each a directory, the local store under `settings.home`, or the server that
 * `settings.tracking` names.
 * @throws ApiError API_ERR_SETTING when a reference cannot be read or stands twice
 */
export function openSources(
  { models, ...settings }: SourceSettings,
  finder: Finder,
  onWarning: (warning: string) => void,
): ModelSource[] {
  const twice = models.find((text, i) => models.indexOf(text) < i)
  if (twice !== undefined) {
    throw new ApiError('API_ERR_SETTING', `COPSE_MODEL (--model) names ${JSON.stringify(twice)} twice.`)
  }
  return models.map((text) => {
    const reference = parse(text, finder)
    if (reference.kind === 'file') return directorySource(text, reference.path)
    return registrySource(text, reference, settings, finder, onWarning)
  })
}

function parse(text: string, finder: Finder): ModelReference {
  try {
    return finder.parseModelReference(text)
  } catch (cause) {
    const expected = 'models:/NAME@ALIAS, models:/NAME/VERSION or file:DIRECTORY'
    throw new ApiError('API_ERR_SETTING', `COPSE_MODEL (--model) must be ${expected}, not ${JSON.stringify(text)}.`, {
      cause,
    })
  }
}

function directorySource(reference: string, path: string): ModelSource {
  const directory = resolve(path)
  const origin: Origin = {
    reference,
    name: basename(directory) || 'model',
    version: undefined,
    aliases: [],
    runId: undefined,
    tags: {},
    registeredAt: undefined,
    stale: false,
  }
  return {
    reference,
    name: origin.name,
    remote: false,
    locate: async () => ({ directory, origin, bundleSha256: undefined }),
    close: async () => {},
  }
}

function registrySource(
  reference: string,
  parsed: Exclude<ModelReference, { kind: 'file' }>,
  { home, tracking: { uri, ...server } }: Omit<SourceSettings, 'models'>,
  finder: Finder,
  onWarning: (warning: string) => void,
): ModelSource {
  const { name } = parsed
  const cache = join(home, 'cache', 'models')
  let opened: Promise<Tracking> | undefined

  function open(): Promise<Tracking> {
    opened ??= finder.openTracking({ ...server, uri, home, readOnly: true, onWarning }).catch((error: unknown) => {
      opened = undefined
      throw error
    })
    return opened
  }

  return {
    reference,
    name,
    remote: uri !== undefined,
    async locate() {
      if (uri === undefined) await checkHome(home)
      try {
        const { directory, version, stale } = await finder.resolveModel(await open(), reference, { cache })
        return {
          directory,
          origin: originOf(reference, name, version, stale),
          bundleSha256: version?.tags['copse.bundle_sha256'],
        }
      } catch (error) {
        throw translated(error, uri !== undefined)
      }
    },
    ...(parsed.kind === 'alias' && {
      async *watch({ intervalMs, signal, onLook }: WatchSourceOptions) {
        const { registry } = await open()
        // Looks are up to 1.2 of the interval apart, and it is a whole number.
        const apart = Math.max(1, Math.floor(intervalMs / 1.2))
        const options = { intervalMs: apart, signal, onError: onLook, onAnswer: () => onLook(undefined) }
        for await (const version of finder.watchAlias(registry, name, parsed.alias, options)) yield version?.version
      },
    }),
    async close() {
      await (await opened?.catch(() => undefined))?.close()
    },
  }
}

function originOf(reference: string, name: string, version: ResolvedModel['version'], stale: boolean): Origin {
  return {
    reference,
    name,
    version: version?.version,
    aliases: version?.aliases ?? [],
    runId: version?.runId,
    tags: version?.tags ?? {},
    registeredAt: version?.createdAt,
    stale,
  }
}

function translated(error: unknown, remote: boolean): ApiError {
  const { code = '', message, status = 0 } = error as { code?: string; message: string; status?: number }
  if (code === 'TRACKING_ERR_NOT_FOUND') {
    const advice = remote ? '.' : '; `pnpm train` makes one.'
    return new ApiError('API_ERR_MODEL_ABSENT', `${message}${advice}`, { cause: error })
  }
  const down = code === 'TRACKING_ERR_UNREACHABLE' || (code === 'TRACKING_ERR_HTTP' && status >= 500)
  return new ApiError(down ? 'API_ERR_REGISTRY' : 'API_ERR_BUNDLE', message.replace(/\.?$/, '.'), { cause: error })
}
