import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { checkListedName } from './artifact-path.ts'
import { makeDirectory } from './disk.ts'
import { TrackingError } from './errors.ts'
import type { Rest } from './rest.ts'

const MAX_FILES = 10_000
const MAX_DEPTH = 16

interface Listed {
  segments: string[]
  /** Absent when the server does not tell, as for an empty file. */
  bytes: number | undefined
}

/** The artifacts that an MLflow server keeps or passes on under `/api/2.0/mlflow-artifacts`. */
export class ArtifactStore {
  readonly #rest: Rest

  constructor(rest: Rest) {
    this.#rest = rest
  }

  /** Stores a file below `root` (`mlflow-artifacts:/…`), over what was there. */
  async put(root: string, path: string, file: string): Promise<void> {
    await this.#rest.putFile(fileRoute([...rootSegments(root), ...path.split('/')]), file)
  }

  async putBytes(root: string, path: string, bytes: Uint8Array): Promise<void> {
    await this.#rest.putBytes(fileRoute([...rootSegments(root), ...path.split('/')]), bytes)
  }

  /** Downloads all files below `root` into a directory that exists. Throws TRACKING_ERR_TOO_LARGE over `maxBytes` in all. */
  async download(root: string, directory: string, maxBytes: number): Promise<void> {
    const base = rootSegments(root)
    const files = await this.#list(base)
    if (files.length === 0) throw new TrackingError('TRACKING_ERR_NOT_FOUND', `There are no files at ${root}`)
    const told = files.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0)
    if (told > maxBytes) throw tooLarge(root, maxBytes)
    let left = maxBytes
    for (const { segments } of files) {
      await makeDirectory(join(directory, ...segments.slice(0, -1)))
      left -= await this.#get([...base, ...segments], join(directory, ...segments), left, () =>
        tooLarge(root, maxBytes),
      )
    }
  }

  async #list(base: string[]): Promise<Listed[]> {
    const files: Listed[] = []
    const waiting: string[][] = [[]]
    for (let below = waiting.shift(); below; below = waiting.shift()) {
      const query = new URLSearchParams({ path: [...base, ...below].join('/') })
      const reply = (await this.#rest.getJson(`/api/2.0/mlflow-artifacts/artifacts?${query}`)) as { files?: unknown }
      const entries = Array.isArray(reply.files)
        ? (reply.files as { path?: unknown; is_dir?: unknown; file_size?: unknown }[])
        : []
      for (const entry of entries) {
        const segments = [...below, checkListedName(entry?.path)]
        if (entry.is_dir === true) waiting.push(segments)
        else files.push({ segments, bytes: typeof entry.file_size === 'number' ? entry.file_size : undefined })
        if (files.length + waiting.length > MAX_FILES || segments.length > MAX_DEPTH) {
          throw new TrackingError(
            'TRACKING_ERR_TOO_LARGE',
            `The model at ${base.join('/')} has too many files or is too deep`,
          )
        }
      }
    }
    return files
  }

  async #get(segments: string[], target: string, maxBytes: number, tooMany: () => TrackingError): Promise<number> {
    let bytes = 0
    await this.#rest.getBytes(fileRoute(segments), async (response, touch) => {
      bytes = 0
      const file = await open(target, 'w')
      try {
        for await (const chunk of response.body as AsyncIterable<Buffer>) {
          touch()
          bytes += chunk.length
          if (bytes > maxBytes) throw tooMany()
          await file.writeFile(chunk)
        }
        await file.sync()
      } finally {
        await file.close()
      }
    })
    return bytes
  }
}

/** Segments of `mlflow-artifacts:/a/b` or `mlflow-artifacts://host/a/b`. Other stores only the server itself can reach. */
function rootSegments(root: string): string[] {
  const match = /^mlflow-artifacts:(?:\/\/[^/]*)?\/+(.*)$/.exec(root)
  if (!match) {
    throw new TrackingError(
      'TRACKING_ERR_ARTIFACT_STORE',
      `The server keeps these artifacts at ${root}, out of reach from here: start it with --serve-artifacts and make the experiment anew`,
    )
  }
  return match[1]!
    .split('/')
    .filter((segment) => segment !== '')
    .map(checkListedName)
}

function fileRoute(segments: string[]) {
  return `/api/2.0/mlflow-artifacts/artifacts/${segments.map(encodeURIComponent).join('/')}`
}

function tooLarge(root: string, maxBytes: number) {
  return new TrackingError('TRACKING_ERR_TOO_LARGE', `The files at ${root} hold more than ${maxBytes} bytes`)
}
