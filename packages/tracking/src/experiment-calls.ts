import { list } from './answer.ts'
import { ClientCalls, type SearchOptions, type Texts, type ViewType } from './client-calls.ts'
import { endpoints } from './endpoints.ts'
import { type Experiment, toExperiment } from './entities.ts'
import { checkExperimentName, checkTags } from './guards.ts'

/** Experiments, by their methods in Python's client. */
export class ExperimentCalls extends ClientCalls {
  async createExperiment(
    name: string,
    { artifactLocation, tags = {} }: { artifactLocation?: string; tags?: Texts } = {},
  ) {
    const reply = await this.rest.call(endpoints.createExperiment, {
      name: checkExperimentName(name),
      tags: checkTags(tags),
      ...(artifactLocation !== undefined && { artifact_location: artifactLocation }),
    })
    return toExperiment(reply).experimentId
  }

  async getExperiment(experimentId: string): Promise<Experiment> {
    return toExperiment((await this.rest.call(endpoints.getExperiment, { experiment_id: experimentId })).experiment)
  }

  async getExperimentByName(name: string): Promise<Experiment> {
    return toExperiment((await this.rest.call(endpoints.getExperimentByName, { experiment_name: name })).experiment)
  }

  searchExperiments({ viewType, ...search }: SearchOptions & { viewType?: ViewType } = {}): AsyncGenerator<Experiment> {
    return this.pages(search, async (page) => {
      const reply = await this.rest.call(endpoints.searchExperiments, {
        ...page,
        ...(viewType && { view_type: viewType }),
      })
      return { items: list(reply.experiments).map(toExperiment), next: reply.next_page_token }
    })
  }

  async renameExperiment(experimentId: string, newName: string): Promise<void> {
    await this.rest.call(endpoints.updateExperiment, {
      experiment_id: experimentId,
      new_name: checkExperimentName(newName),
    })
  }

  async deleteExperiment(experimentId: string): Promise<void> {
    await this.rest.call(endpoints.deleteExperiment, { experiment_id: experimentId })
  }

  async restoreExperiment(experimentId: string): Promise<void> {
    await this.rest.call(endpoints.restoreExperiment, { experiment_id: experimentId })
  }

  async setExperimentTag(experimentId: string, key: string, value: string): Promise<void> {
    const [tag] = checkTags({ [key]: value })
    await this.rest.call(endpoints.setExperimentTag, { experiment_id: experimentId, ...tag! })
  }

  async deleteExperimentTag(experimentId: string, key: string): Promise<void> {
    await this.rest.call(endpoints.deleteExperimentTag, { experiment_id: experimentId, key })
  }
}
