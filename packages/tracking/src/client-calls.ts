import { ArtifactStore } from './artifact-store.ts'
import { Rest } from './rest.ts'
import type { ServerOptions } from './types.ts'

export type Texts = Readonly<Record<string, string>>

/** What a search asks for, in MLflow's own grammar; `pageSize` is how many come in one answer. */
export interface SearchOptions {
  filter?: string | undefined
  orderBy?: readonly string[] | undefined
  pageSize?: number | undefined
}

export type ViewType = 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL'

/** What the calls of `MlflowClient` share: the server, and paging. */
export class ClientCalls {
  protected readonly rest: Rest
  protected readonly artifacts: ArtifactStore

  constructor(uri: string, options: ServerOptions = {}) {
    this.rest = new Rest(uri, options)
    this.artifacts = new ArtifactStore(this.rest)
  }

  /** All items of a search, page after page as far as they are read. */
  protected async *pages<T>(
    { filter, orderBy, pageSize = 1000 }: SearchOptions,
    fetchPage: (page: {
      max_results: number
      filter?: string
      order_by?: readonly string[]
      page_token?: string
    }) => Promise<{ items: T[]; next: string | undefined }>,
  ): AsyncGenerator<T> {
    const asked = {
      max_results: pageSize,
      ...(filter !== undefined && { filter }),
      ...(orderBy && { order_by: orderBy }),
    }
    let token: string | undefined
    do {
      const { items, next } = await fetchPage({ ...asked, ...(token && { page_token: token }) })
      yield* items
      token = next
    } while (token)
  }
}
