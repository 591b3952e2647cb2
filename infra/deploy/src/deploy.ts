import { Cluster, type Pod } from './cluster.ts'
import { type Verified, verifyEndpoints } from './endpoints.ts'
import { DeployError } from './errors.ts'
import { buildImage } from './image.ts'
import { Release, type Revision } from './release.ts'
import type { Report } from './report.ts'
import type { Settings } from './settings.ts'
import { type Step, type StepRunner, Timings } from './steps.ts'
import { checkTools } from './tool-versions.ts'
import type { Tools } from './tools.ts'

/** Between two looks at the pods of an upgrade. */
const WATCH_MS = 2000

/** Does what the settings ask for, and reports what runs then. */
export async function perform(tools: Tools, settings: Settings, root: string, run: StepRunner): Promise<Report> {
  const work = new Work(tools, settings, root)
  // A rollout that is stuck is what --status is asked for, and no reason to wait.
  if (settings.action === 'status') await run([work.tools, work.look, work.ask])
  if (settings.action === 'uninstall') await run([work.tools, work.look, work.uninstall])
  if (settings.action === 'rollback') await run([work.tools, work.look, work.back, ...work.afterBack])
  if (settings.action === 'deploy') {
    const first = [work.tools, work.look, ...work.preparation]
    await run(settings.dryRun ? first : [...first, work.upgrade, ...work.guarded])
  }
  return work.report()
}

/** The steps of every action, and what they have found so far. */
class Work {
  readonly #tools: Tools
  readonly #root: string
  #settings: Settings
  readonly #cluster: Cluster
  #release: Release
  readonly #timings = new Timings()
  #history: Revision[] = []
  /** As it was before this deployment. */
  #before: Revision[] = []
  #diff: string | undefined
  #verified: Verified | undefined
  #pods: readonly Pod[] | undefined

  constructor(tools: Tools, settings: Settings, root: string) {
    this.#tools = tools
    this.#settings = settings
    this.#root = root
    this.#cluster = new Cluster(tools, settings)
    this.#release = new Release(tools, settings)
  }

  get tools(): Step {
    return this.#step('Check tools and cluster', async (tell) => {
      tell(await checkTools(this.#tools, this.#settings))
      await this.#cluster.check()
    })
  }

  get look(): Step {
    return this.#step('Look at the release', async (tell) => {
      this.#history = await this.#release.history()
      const now = this.#history.at(-1)
      tell(now === undefined ? 'not installed' : `revision ${now.revision}, ${now.status}`)
      if (this.#settings.action === 'deploy') {
        if (!this.#settings.dryRun) await this.#mend(now)
      } else if (now === undefined && this.#settings.action !== 'status') {
        const { release, namespace } = this.#settings
        throw new DeployError('DEPLOY_ERR_RELEASE', `${release} is not installed in namespace ${namespace}.`)
      }
    })
  }

  get preparation(): Step[] {
    const steps: Step[] = []
    if (this.#settings.build) {
      steps.push(
        this.#step('Build the image', async (tell) => {
          if (this.#settings.dryRun) return tell('skipped by --dry-run')
          const image = await buildImage(this.#tools, this.#settings, this.#root)
          this.#settings = { ...this.#settings, image }
          this.#release = new Release(this.#tools, this.#settings)
          tell(image)
        }),
      )
    }
    steps.push(
      this.#step('Render and compare', async (tell) => {
        const manifests = await this.#release.render()
        const objects = manifests.split(/^---$/m).filter((part) => /^kind:/m.test(part)).length
        if (this.#history.length === 0) {
          this.#diff = manifests
          tell(`${objects} objects, all new`)
        } else {
          this.#diff = await this.#cluster.diff(manifests)
          const changed = [...this.#diff.matchAll(/^diff /gm)].length
          tell(changed === 0 ? 'nothing would change' : `${changed} of ${objects} objects change`)
        }
      }),
    )
    return steps
  }

  get upgrade(): Step {
    return this.#step('Upgrade', async (tell) => {
      this.#before = this.#history
      try {
        await this.#watched(tell, () => this.#release.upgrade())
        this.#history = await this.#release.history()
      } catch (error) {
        throw await this.#wayBack(error)
      }
      tell(`revision ${this.#history.at(-1)?.revision}`)
    })
  }

  get verification(): Step[] {
    return [this.wait, this.ask]
  }

  get wait(): Step {
    return this.#step('Wait for the rollout', () => this.#cluster.rollout())
  }

  get ask(): Step {
    return this.#step('Ask every endpoint', async (tell) => {
      if (this.#history.length === 0) return tell('nothing to ask')
      const service = await this.#cluster.service()
      this.#verified = await verifyEndpoints(this.#tools, this.#settings, service, await this.#release.values())
      this.#pods = await this.#cluster.pods()
      tell(`${this.#verified.answers.length} answered as they should`)
    })
  }

  /** The verification after an upgrade: what fails brings back what was there before. */
  get guarded(): Step[] {
    return this.verification.map((step) => caught(step, (error) => this.#wayBack(error)))
  }

  /** The verification after going back by hand: there is nothing else to go back to. */
  get afterBack(): Step[] {
    return this.verification.map((step) =>
      caught(step, (error) =>
        unfinished(error, `${this.#settings.release} stays at the revision that it went back to.`),
      ),
    )
  }

  get back(): Step {
    return this.#step('Go back', async (tell) => {
      const before = lastGood(this.#history.slice(0, -1))
      if (before === undefined) {
        throw new DeployError('DEPLOY_ERR_RELEASE', `${this.#settings.release} has no revision to go back to.`)
      }
      if (this.#settings.dryRun) return tell(`would go back to revision ${before.revision}`)
      await this.#release.rollback(before.revision)
      this.#history = await this.#release.history()
      tell(`as in revision ${before.revision}`)
    })
  }

  get uninstall(): Step {
    return this.#step('Uninstall', async (tell) => {
      if (this.#settings.dryRun) return tell('skipped by --dry-run')
      await this.#release.uninstall().catch((error) => {
        throw unfinished(error, '--uninstall again removes what is left.')
      })
      this.#history = []
    })
  }

  async report(): Promise<Report> {
    const { release, namespace, dryRun, action } = this.#settings
    const revision = this.#history.at(-1)
    return {
      release,
      namespace,
      revision,
      pods: this.#pods ?? (revision === undefined ? [] : await this.#cluster.pods()),
      model: this.#verified?.model,
      endpoints: this.#verified?.answers ?? [],
      timings: this.#timings.seconds,
      ...(dryRun && action === 'deploy' && { diff: this.#diff ?? '' }),
    }
  }

  /** Tells of the pods while `work` goes on. */
  async #watched(tell: (word: string) => void, work: () => Promise<void>): Promise<void> {
    let said = ''
    const timer = setInterval(async () => {
      // Nothing is told while the cluster does not answer; `work` finds out by itself.
      const pods = await this.#cluster.pods().catch(() => [])
      const word = `${pods.filter(({ ready }) => ready).length} of ${pods.length} pods ready`
      if (pods.length > 0 && word !== said) tell(word)
      said = word
    }, WATCH_MS)
    try {
      await work()
    } finally {
      clearInterval(timer)
    }
  }

  /** An interrupted helm leaves a revision pending, and refuses every further one until it is undone. */
  async #mend(now: Revision | undefined): Promise<void> {
    if (now === undefined || !now.status.startsWith('pending-')) return
    const before = lastGood(this.#history)
    if (before === undefined) await this.#release.uninstall()
    else await this.#release.rollback(before.revision)
    this.#history = await this.#release.history()
  }

  /** Brings back what was there before, after the cluster has told why; what is gone tells nothing. */
  async #wayBack(error: unknown): Promise<unknown> {
    if (!(error instanceof DeployError) || error.code === 'DEPLOY_ERR_INTERRUPTED') return error
    const parts = [error.message]
    let { code } = error
    try {
      const now = await this.#release.history()
      if (now.at(-1)?.revision === this.#before.at(-1)?.revision) parts.push('Nothing was changed.')
      else {
        parts.push(await this.#cluster.diagnosis())
        parts.push(await this.#goBack())
      }
    } catch (failure) {
      code = 'DEPLOY_ERR_ROLLBACK'
      parts.push(`Going back failed too: ${(failure as Error).message}`)
    }
    return new DeployError(code, parts.filter((part) => part !== '').join('\n'), { cause: error })
  }

  /** Answers a sentence that says what is there now. */
  async #goBack(): Promise<string> {
    const before = lastGood(this.#before)
    if (before === undefined) {
      await this.#release.uninstall()
      return 'The release was removed again.'
    }
    await this.#release.rollback(before.revision)
    return `Revision ${before.revision} is back.`
  }

  #step(title: string, run: Step['run']): Step {
    return { title, run: (tell) => this.#timings.measure(title, () => run(tell)) }
  }
}

/** A step whose error is replaced by what `instead` makes of it. */
function caught({ title, run }: Step, instead: (error: unknown) => unknown): Step {
  return {
    title,
    run: async (tell) => {
      try {
        await run(tell)
      } catch (error) {
        throw await instead(error)
      }
    },
  }
}

/** What leaves the cluster in no state that was there before, and what is so now. */
function unfinished(error: unknown, now: string): unknown {
  if (!(error instanceof DeployError) || error.code === 'DEPLOY_ERR_INTERRUPTED') return error
  return new DeployError('DEPLOY_ERR_ROLLBACK', `${error.message}\n${now}`, { cause: error })
}

/** The newest revision that once ran as it should. */
function lastGood(history: readonly Revision[]): Revision | undefined {
  return history.findLast(({ status }) => status === 'deployed' || status === 'superseded')
}
