import { basename, join } from 'node:path'
import { list } from './answer.ts'
import { checkArtifactPath } from './artifact-path.ts'
import { fillDirectory, listFiles } from './disk.ts'
import { checkFigure, toJsonDocument, toTableDocument } from './documents.ts'
import { endpoints } from './endpoints.ts'
import { type ArtifactFile, toFile } from './entities.ts'
import { RunCalls } from './run-calls.ts'
import type { Table } from './types.ts'

const MAX_DOWNLOAD_BYTES = 2 ** 31

/** Files of runs. */
export class ArtifactCalls extends RunCalls {
  async logArtifact(runId: string, file: string, path: string = basename(file)): Promise<void> {
    checkArtifactPath(path)
    await this.artifacts.put((await this.getRun(runId)).info.artifactUri, path, file)
  }

  /** All files under a directory, to below `path` (default the root). */
  async logArtifacts(runId: string, directory: string, path?: string): Promise<void> {
    const root = (await this.getRun(runId)).info.artifactUri
    await this.putFiles(root, directory, path)
  }

  async logText(runId: string, text: string, path: string): Promise<void> {
    checkArtifactPath(path)
    await this.artifacts.putBytes((await this.getRun(runId)).info.artifactUri, path, Buffer.from(text))
  }

  async logDict(runId: string, dictionary: object, path: string): Promise<void> {
    await this.logText(runId, toJsonDocument(dictionary, path), path)
  }

  /** SVG text or PNG bytes, as the path's end says. */
  async logFigure(runId: string, figure: string | Uint8Array, path: string): Promise<void> {
    checkArtifactPath(path)
    const root = (await this.getRun(runId)).info.artifactUri
    await this.artifacts.putBytes(root, path, Buffer.from(checkFigure(figure, path)))
  }

  /** A table that MLflow's page shows beside those of other runs; replaces one that is there. */
  async logTable(runId: string, table: Table, path: string): Promise<void> {
    const text = toTableDocument(table, path)
    const { data } = await this.getRun(runId)
    await this.logText(runId, text, path)
    const logged = (JSON.parse(data.tags['mlflow.loggedArtifacts'] ?? '[]') as { path: string }[]).filter(
      (entry) => entry.path !== path,
    )
    await this.setTag(runId, 'mlflow.loggedArtifacts', JSON.stringify([...logged, { path, type: 'table' }]))
  }

  /** What is in one directory of a run's artifacts, not below it. */
  async listArtifacts(runId: string, path?: string): Promise<ArtifactFile[]> {
    const reply = await this.rest.call(endpoints.listArtifacts, { run_id: runId, ...(path !== undefined && { path }) })
    return list(reply.files).map(toFile)
  }

  /** Downloads all of a run's artifacts below `path` into `directory`, which must not exist and appears whole or not at all. */
  async downloadArtifacts(
    runId: string,
    directory: string,
    { path = '', maxBytes = MAX_DOWNLOAD_BYTES } = {},
  ): Promise<void> {
    const root = (await this.getRun(runId)).info.artifactUri
    const below = path === '' ? root : `${root}/${checkArtifactPath(path).join('/')}`
    await fillDirectory(directory, (temporary) => this.artifacts.download(below, temporary, maxBytes))
  }

  protected async putFiles(root: string, directory: string, below?: string): Promise<void> {
    const files = await listFiles(directory)
    const paths = files.map((file) => (below === undefined ? file : `${below}/${file}`))
    paths.forEach(checkArtifactPath)
    for (const [index, file] of files.entries()) {
      await this.artifacts.put(root, paths[index]!, join(directory, ...file.split('/')))
    }
  }
}
