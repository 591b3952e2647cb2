import { basename, join, resolve } from 'node:path'
import type { ModelReference, ResolvedModel, Tracking, TrackingOptions } from '@copse/tracking'
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
  close(): Promise<void>
}

/** The part of `@copse/tracking` that finds models. */
export interface Finder {
  parseModelReference(text: string): ModelReference
  openTracking(options: TrackingOptions): Promise<Tracking>
  resolveModel(tracking: Tracking, reference: string, options: { cache: string }): Promise<ResolvedModel>
}

type SourceSettings = Pick<Settings, 'model' | 'home' | 'trackingUri' | 'auth'>

/**
 * The source of `settings.model`: a directory, the local store under `settings.home`, or the server at
 * `settings.trackingUri`.
 * @throws ApiError API_ERR_SETTING when the reference cannot be read
 */
export function openSource(
  settings: SourceSettings,
  finder: Finder,
  onWarning: (warning: string) => void,
): ModelSource {
  const reference = parse(settings.model, finder)
  if (reference.kind === 'file') return directorySource(settings.model, reference.path)
  return registrySource(settings, reference.name, finder, onWarning)
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
  settings: SourceSettings,
  name: string,
  finder: Finder,
  onWarning: (warning: string) => void,
): ModelSource {
  const { model: reference, home, trackingUri: uri, auth } = settings
  const cache = join(home, 'cache', 'models')
  let opened: Promise<Tracking> | undefined

  function open(): Promise<Tracking> {
    opened ??= finder.openTracking({ uri, home, auth, readOnly: true, onWarning }).catch((error: unknown) => {
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
