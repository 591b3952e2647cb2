import { MonitoringError } from '../errors.ts'
import { Field } from '../field.ts'
import type { Reference } from '../reference.ts'
import type { Series } from '../window/layout.ts'
import type { DriftCheck, DriftLevel, SeriesCheck } from './check.ts'

export interface WatchOptions {
  /** Checks in a row that must say so before a state rises. */
  readonly rise?: number
  /** Checks in a row that must say less before it falls. */
  readonly fall?: number
}

export const WATCH_DEFAULTS: Required<WatchOptions> = { rise: 2, fall: 3 }

const WATCH_FORMAT = 'copse-drift'
const WATCH_VERSION = 1

const LEVELS: readonly DriftLevel[] = ['none', 'possible', 'drift']
const ROLES = ['feature', 'answer', 'signal'] as const
const MOST_CHECKS = 1000

export interface SeriesDrift extends SeriesCheck {
  readonly state: DriftLevel
  /** Milliseconds since 1970 of the check that brought the state; null in the state it began with. */
  readonly since: number | null
}

/** What is known after a check. */
export interface DriftReport extends Omit<DriftCheck, 'series'> {
  readonly time: number
  /** The greatest state of all series. */
  readonly state: DriftLevel
  readonly series: readonly SeriesDrift[]
}

/** A watch as JSON. */
export interface WatchState {
  readonly format: typeof WATCH_FORMAT
  readonly version: typeof WATCH_VERSION
  readonly reference: string
  readonly series: readonly Standing[]
}

interface Standing {
  readonly name: string
  readonly role: Series['role']
  state: DriftLevel
  since: number | null
  /** Checks in a row above, or below, the state, and the level that all of them reached at least, or stayed at most. */
  above: number
  aboveLevel: DriftLevel
  below: number
  belowLevel: DriftLevel
}

/**
 * The states of a model's series from check to check, with hysteresis: a state rises to what `rise` checks in a row have
 * said at least, and falls to what `fall` in a row have said at most. A check without enough rows changes nothing.
 */
export class DriftWatch {
  readonly #reference: string
  readonly #rise: number
  readonly #fall: number
  readonly #standings = new Map<string, Standing>()

  /** @throws MonitoringError MONITORING_ERR_OPTION */
  constructor(reference: Reference, options: WatchOptions = {}) {
    const { rise, fall } = { ...WATCH_DEFAULTS, ...options }
    for (const count of [rise, fall]) {
      if (Number.isInteger(count) && count >= 1 && count <= MOST_CHECKS) continue
      throw new MonitoringError('MONITORING_ERR_OPTION', `rise and fall must be 1 to ${MOST_CHECKS} checks.`)
    }
    this.#reference = reference.checksum
    this.#rise = rise
    this.#fall = fall
  }

  /** Takes a check in. */
  update(check: DriftCheck, now: number = Date.now()): DriftReport {
    if (check.enough) for (const one of check.series) this.#take(this.#standing(one), one.evidence, now)
    return this.look(check, now)
  }

  /** The states as they are, beside a check that is not taken in. */
  look(check: DriftCheck, now: number = Date.now()): DriftReport {
    const series = check.series.map((one): SeriesDrift => {
      const { state, since } = this.#standing(one)
      return { ...one, state, since }
    })
    const state = series.reduce<DriftLevel>((worst, one) => higher(worst, one.state), 'none')
    return { time: now, rows: check.rows, enough: check.enough, state, series }
  }

  toJSON(): WatchState {
    return {
      format: WATCH_FORMAT,
      version: WATCH_VERSION,
      reference: this.#reference,
      series: [...this.#standings.values()],
    }
  }

  /**
   * A watch that goes on from a state that nobody vouches for.
   *
   * @throws MonitoringError MONITORING_ERR_FORMAT, MONITORING_ERR_VERSION, MONITORING_ERR_STRUCTURE, MONITORING_ERR_OPTION, or
   * MONITORING_ERR_MISMATCH when it is of another reference
   */
  static parse(json: unknown, reference: Reference, options: WatchOptions = {}): DriftWatch {
    const watch = new DriftWatch(reference, options)
    const root = new Field(json, '', 'The drift state')
    root.format(WATCH_FORMAT, WATCH_VERSION)
    const at = root.object(['format', 'version', 'reference', 'series'])
    if (at.reference.sha256() !== reference.checksum) {
      throw new MonitoringError('MONITORING_ERR_MISMATCH', 'The drift state is of another reference.')
    }
    for (const standing of at.series.items(0, reference.features.length + 4, parseStanding)) {
      watch.#standings.set(keyOf(standing), standing)
    }
    return watch
  }

  #standing({ name, role }: SeriesCheck): Standing {
    const key = keyOf({ name, role })
    const known = this.#standings.get(key)
    if (known) return known
    const fresh: Standing = {
      name,
      role,
      state: 'none',
      since: null,
      above: 0,
      aboveLevel: 'none',
      below: 0,
      belowLevel: 'none',
    }
    this.#standings.set(key, fresh)
    return fresh
  }

  #take(standing: Standing, evidence: DriftLevel, now: number): void {
    const step = LEVELS.indexOf(evidence) - LEVELS.indexOf(standing.state)
    if (step <= 0) standing.above = 0
    else {
      standing.aboveLevel = standing.above === 0 ? evidence : lower(standing.aboveLevel, evidence)
      standing.above++
    }
    if (step >= 0) standing.below = 0
    else {
      standing.belowLevel = standing.below === 0 ? evidence : higher(standing.belowLevel, evidence)
      standing.below++
    }
    if (standing.above >= this.#rise) move(standing, standing.aboveLevel, now)
    else if (standing.below >= this.#fall) move(standing, standing.belowLevel, now)
  }
}

function move(standing: Standing, state: DriftLevel, now: number): void {
  Object.assign(standing, { state, since: now, above: 0, below: 0 })
}

function keyOf({ name, role }: Pick<Standing, 'name' | 'role'>): string {
  return `${role} ${name}`
}

function higher(a: DriftLevel, b: DriftLevel): DriftLevel {
  return LEVELS.indexOf(a) >= LEVELS.indexOf(b) ? a : b
}

function lower(a: DriftLevel, b: DriftLevel): DriftLevel {
  return LEVELS.indexOf(a) <= LEVELS.indexOf(b) ? a : b
}

function parseStanding(field: Field): Standing {
  const at = field.object(['name', 'role', 'state', 'since', 'above', 'aboveLevel', 'below', 'belowLevel'])
  return {
    name: at.name.text(),
    role: at.role.oneOf(ROLES),
    state: at.state.oneOf(LEVELS),
    since: at.since.orNull((since) => since.number()),
    above: at.above.count(0, MOST_CHECKS),
    aboveLevel: at.aboveLevel.oneOf(LEVELS),
    below: at.below.count(0, MOST_CHECKS),
    belowLevel: at.belowLevel.oneOf(LEVELS),
  }
}
