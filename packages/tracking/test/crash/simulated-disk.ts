import { basename, dirname } from 'node:path'
import type { Files } from '../../src/files.ts'

/** What was done to the disk, in order. `inode` is a file whatever its name is. */
export type Step =
  | { kind: 'write'; inode: number; at: number; bytes: Buffer }
  | { kind: 'truncate'; inode: number; length: number }
  | { kind: 'sync'; inode: number; failed: boolean }
  | { kind: 'name'; directory: string; path: string; inode: number | undefined; from?: string }
  | { kind: 'sync directory'; directory: string }

/** Files by path. */
export type Image = Map<string, Buffer>

/** What becomes of the n-th step: an error with nothing done, or a write that is cut short and then an error. */
export interface Fault {
  step: number
  how: 'error' | 'short'
}

/** A disk in memory that remembers every step, so that what a power cut leaves can be told for each of them. */
export class SimulatedDisk implements Files {
  readonly steps: Step[] = []
  readonly #start: Image
  readonly #names = new Map<string, number>()
  readonly #inodes: Buffer[] = []
  readonly #open = new Map<number, number>()
  readonly #fault: Fault | undefined
  #tries = 0
  #nextFile = 3
  #full = false

  constructor(start: Image = new Map(), fault?: Fault) {
    this.#start = start
    this.#fault = fault
    for (const [path, bytes] of start) this.#names.set(path, this.#inodes.push(bytes) - 1)
  }

  /** Steps tried so far, those that failed included. */
  get tries(): number {
    return this.#tries
  }

  open(path: string, flags: 'wx' | 'r+' | 'r'): number {
    const there = this.#names.get(path)
    if (flags === 'wx') {
      if (there !== undefined) throw failure('EEXIST')
      this.#attempt()
      this.#names.set(path, this.#inodes.push(Buffer.alloc(0)) - 1)
      this.steps.push({ kind: 'name', directory: dirname(path), path, inode: this.#names.get(path)! })
    } else if (there === undefined) throw failure('ENOENT')
    this.#open.set(this.#nextFile, this.#names.get(path)!)
    return this.#nextFile++
  }

  write(file: number, bytes: Uint8Array, from: number, length: number, at: number): number {
    const inode = this.#open.get(file)!
    const how = this.#full ? 'error' : this.#next()
    if (how === 'error') throw failure('EIO')
    const written = how === 'short' ? length >> 1 : length
    this.#full = how === 'short'
    const step: Step = { kind: 'write', inode, at, bytes: Buffer.from(bytes.subarray(from, from + written)) }
    this.#do(step)
    return written
  }

  truncate(file: number, length: number): void {
    this.#full = false
    this.#attempt()
    this.#do({ kind: 'truncate', inode: this.#open.get(file)!, length })
  }

  read(file: number): Buffer {
    return this.#inodes[this.#open.get(file)!]!
  }

  size(file: number): number {
    return this.read(file).length
  }

  async readChunk(file: number, buffer: Uint8Array, at: number): Promise<number> {
    return this.read(file).copy(buffer, 0, at)
  }

  close(file: number): void {
    this.#open.delete(file)
  }

  async sync(file: number): Promise<void> {
    const inode = this.#open.get(file)!
    const failed = this.#next() !== undefined
    this.steps.push({ kind: 'sync', inode, failed })
    if (failed) throw failure('EIO')
  }

  /** As a system without shared blocks does it: in pieces, of which a fault may cut the last one short. */
  async copy(from: string, to: string): Promise<void> {
    const source = this.open(from, 'r')
    const target = this.open(to, 'wx')
    try {
      const bytes = this.read(source)
      for (let at = 0; at < bytes.length; ) {
        const length = Math.min(bytes.length - at, Math.ceil(bytes.length / 2))
        at += this.write(target, bytes, at, length, at)
      }
    } finally {
      this.close(source)
      this.close(target)
    }
  }

  rename(from: string, to: string): void {
    const inode = this.#names.get(from)
    if (inode === undefined) throw failure('ENOENT')
    this.#attempt()
    this.#names.delete(from)
    this.#names.set(to, inode)
    this.steps.push({ kind: 'name', directory: dirname(to), path: to, inode, from })
  }

  remove(path: string): void {
    if (!this.#names.has(path)) return
    this.#attempt()
    this.#names.delete(path)
    this.steps.push({ kind: 'name', directory: dirname(path), path, inode: undefined })
  }

  list(directory: string): string[] {
    return [...this.#names.keys()].filter((path) => dirname(path) === directory).map((path) => basename(path))
  }

  changed(path: string): number | undefined {
    return this.#names.has(path) ? 0 : undefined
  }

  async syncDirectory(directory: string): Promise<void> {
    this.#attempt()
    this.steps.push({ kind: 'sync directory', directory })
  }

  /** What the first `count` steps leave when only the process dies. */
  afterDeath(count: number): Image {
    return this.#build(count, () => ({ content: Number.POSITIVE_INFINITY, torn: 1, scattered: 0, names: 1 }))
  }

  /**
   * What the first `count` steps may leave after a power cut. Of what was not synced, each file keeps its first steps, the
   * last of them torn, or any of them in no order with zeros between; each directory keeps its first names.
   */
  afterPowerCut(count: number, random: () => number): Image {
    return this.#build(count, (pending) => {
      const choice = random()
      if (choice < 0.15) return { content: 0, torn: 1, scattered: 0, names: random() < 0.5 ? 0 : 1 }
      if (choice < 0.3) return { content: pending, torn: 1, scattered: 0, names: random() }
      if (choice < 0.75)
        return { content: Math.ceil(random() * pending), torn: random(), scattered: 0, names: random() }
      return { content: pending, torn: random(), scattered: Math.floor(random() * 2 ** 30), names: random() }
    })
  }

  #build(
    count: number,
    choose: (pending: number) => { content: number; torn: number; scattered: number; names: number },
  ): Image {
    const contents = [...this.#start.values()]
    const pending: Step[][] = []
    const lost: Set<Step> = new Set()
    const names = new Map([...this.#start.keys()].map((path, inode) => [path, inode]))
    const waiting = new Map<string, Step[]>()
    for (let index = 0; index < count; index++) {
      const step = this.steps[index]!
      if (step.kind === 'write' || step.kind === 'truncate') {
        pending[step.inode] ??= []
        pending[step.inode]!.push(step)
      } else if (step.kind === 'sync') {
        // After a failed sync the system may forget what it could not write, and later syncs do not bring it back.
        if (step.failed) for (const doubtful of pending[step.inode] ?? []) lost.add(doubtful)
        else pending[step.inode] = this.#settle(contents, step.inode, pending[step.inode] ?? [], lost)
      } else if (step.kind === 'name') {
        if (!waiting.has(step.directory)) waiting.set(step.directory, [])
        waiting.get(step.directory)!.push(step)
      } else {
        for (const named of waiting.get(step.directory) ?? []) applyName(names, named)
        waiting.delete(step.directory)
      }
    }
    pending.forEach((steps, inode) => {
      const { content, torn, scattered } = choose(steps.length)
      contents[inode] = keep(contents[inode] ?? Buffer.alloc(0), steps, content, torn, scattered)
    })
    for (const steps of waiting.values()) {
      const kept = Math.round(choose(steps.length).names * steps.length)
      for (const step of steps.slice(0, kept)) applyName(names, step)
    }
    return new Map([...names].map(([path, inode]) => [path, contents[inode] ?? Buffer.alloc(0)]))
  }

  /** What a sync makes sure of; what an earlier failed sync put in doubt stays in doubt. */
  #settle(contents: Buffer[], inode: number, steps: readonly Step[], lost: Set<Step>): Step[] {
    const first = steps.findIndex((step) => lost.has(step))
    const sure = first < 0 ? steps : steps.slice(0, first)
    contents[inode] = keep(contents[inode] ?? Buffer.alloc(0), sure, sure.length, 1, 0)
    return first < 0 ? [] : steps.slice(first)
  }

  #do(step: Step & { kind: 'write' | 'truncate' }) {
    this.steps.push(step)
    this.#inodes[step.inode] = change(this.#inodes[step.inode]!, step)
  }

  #attempt() {
    if (this.#next() !== undefined) throw failure('EIO')
  }

  #next(): Fault['how'] | undefined {
    return this.#tries++ === this.#fault?.step ? this.#fault.how : undefined
  }
}

/** The first `count` steps, the last of them only for the share `torn`; with `scattered` each bit tells of one step. */
function keep(before: Buffer, steps: readonly Step[], count: number, torn: number, scattered: number): Buffer {
  let content = before
  const last = Math.min(count, steps.length) - 1
  for (let index = 0; index <= last; index++) {
    const step = steps[index] as Step & { kind: 'write' | 'truncate' }
    if (scattered !== 0 && (scattered >> (index % 30)) % 2 === 1) content = missing(content, step)
    else content = change(content, index === last && torn < 1 ? tear(step, torn) : step)
  }
  return content
}

/** A write of which only the length reached the disk; a truncate that did not. */
function missing(content: Buffer, step: Step & { kind: 'write' | 'truncate' }): Buffer {
  if (step.kind === 'truncate') return content
  const end = step.at + step.bytes.length
  return content.length >= end ? content : Buffer.concat([content, Buffer.alloc(end - content.length)])
}

function tear(step: Step & { kind: 'write' | 'truncate' }, share: number) {
  if (step.kind === 'truncate') return step
  return { ...step, bytes: step.bytes.subarray(0, Math.floor(share * (step.bytes.length + 1))) }
}

function change(content: Buffer, step: Step & { kind: 'write' | 'truncate' }): Buffer {
  if (step.kind === 'truncate') return content.subarray(0, step.length)
  const end = step.at + step.bytes.length
  const changed = Buffer.alloc(Math.max(end, content.length))
  content.copy(changed)
  step.bytes.copy(changed, step.at)
  return changed
}

function applyName(names: Map<string, number>, step: Step) {
  if (step.kind !== 'name') return
  if (step.from !== undefined) names.delete(step.from)
  if (step.inode === undefined) names.delete(step.path)
  else names.set(step.path, step.inode)
}

function failure(code: string) {
  return Object.assign(new Error(`${code} on the simulated disk`), { code })
}
