import fp from 'fastify-plugin'

/** What the processes behind one port know of each other. */
export interface Processes {
  /**
   * Shares what this process has under a name: `own` is asked each second where there are others, so it has to be cheap,
   * and gives what a message can carry. Answers what all have: this process now, the others within the last second.
   */
  share<T>(name: string, own: () => T): () => Promise<readonly T[]>
  /** All that this process shares, by name. */
  own(): Record<string, unknown>
  /** Set in one of several processes: what the others shared last under a name. */
  others: (name: string) => Promise<readonly unknown[]>
}

declare module 'fastify' {
  export interface FastifyInstance {
    processes: Processes
  }
}

/** A process alone, until it is told of others. */
export default fp(
  async (app) => {
    const shared = new Map<string, () => unknown>()
    const processes: Processes = {
      share<T>(name: string, own: () => T) {
        shared.set(name, own)
        return async () => [own(), ...((await processes.others(name)) as T[])]
      },
      own: () => Object.fromEntries(Array.from(shared, ([name, own]) => [name, own()])),
      others: async () => [],
    }
    app.decorate('processes', processes)
  },
  { name: 'processes' },
)
