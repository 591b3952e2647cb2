import t from 'tap'
import type { Files } from '../src/files.ts'
import { encodeRecord, scanRecords } from '../src/record.ts'
import { exploreCrashes, methods, mulberry32 } from './crash/explore-crashes.ts'
import { exploreLocks, type LockSabotage } from './crash/explore-locks.ts'
import { readJournalAgain } from './crash/second-reader.ts'

t.test('no crash, power cut or failing call breaks a promise of the journal', async (t) => {
  const total = { crashes: 0, recoveries: 0, faults: 0 }
  for (let seed = 1; seed <= 10; seed++) {
    const { crashes, recoveries, faults, violations } = await exploreCrashes({ seed, cuts: 40 })
    t.same(violations, [], `seed ${seed}`)
    total.crashes += crashes
    total.recoveries += recoveries
    total.faults += faults
  }
  t.comment(`${total.crashes} crashes, ${total.recoveries} more in recoveries, ${total.faults} faults`)
  t.ok(total.crashes + total.recoveries > 130_000)
})

t.test('a writer that cuts a corner is found out', async (t) => {
  const broken: Record<string, (disk: Files) => Partial<Files>> = {
    'no sync of files': () => ({ sync: async () => {} }),
    'no sync of directories': () => ({ syncDirectory: async () => {} }),
    'no cut before new records': () => ({ truncate: () => {} }),
    'an error that is not told': (disk) => ({ sync: (file) => disk.sync(file).catch(() => {}) }),
    'writes one byte late': (disk) => ({
      write: (file, bytes, from, length, at) => disk.write(file, bytes, from, length, at === 0 ? 0 : at + 1),
    }),
    'a copy that is not synced': (disk) => {
      const copied = new Set<string>()
      const opened = new Set<number>()
      return {
        copy: (from, to) => disk.copy(from, to).then(() => void copied.add(to)),
        open: (path, flags) => {
          const file = disk.open(path, flags)
          if (copied.has(path)) opened.add(file)
          return file
        },
        sync: async (file) => (opened.has(file) ? undefined : disk.sync(file)),
      }
    },
    'claims to have written all': (disk) => ({
      write: (file, bytes, from, length, at) => {
        disk.write(file, bytes, from, length, at)
        return length
      },
    }),
  }
  for (const [name, breakage] of Object.entries(broken)) {
    const found: string[] = []
    for (let seed = 1; seed <= 6 && found.length === 0; seed++) {
      const sabotage = (disk: Files) => ({ ...methods(disk), ...breakage(disk) })
      const { violations } = await exploreCrashes({ seed, cuts: 16, sabotage })
      found.push(...violations)
    }
    t.not(found.length, 0, `${name}: ${found[0]}`)
  }
})

t.test('no two hold a lock, no dead one keeps it, and what died in it is known', async (t) => {
  const { interleavings, crashes, violations } = exploreLocks({ seed: 1, cuts: 40 })
  t.same(violations, [])
  t.comment(`${interleavings} interleavings, ${crashes} crashes`)
  t.ok(interleavings > 9000)
})

t.test('a lock that cuts a corner is found out', async (t) => {
  const broken: Record<string, LockSabotage> = {
    'does not look again': {
      disk: (disk) => {
        return { list: (directory) => (disk.list(directory).length > 1 ? [] : disk.list(directory)) }
      },
    },
    'takes a name that is taken': {
      disk: (disk) => ({
        open: (path, flags) => {
          if (flags === 'wx') disk.remove(path)
          return disk.open(path, flags)
        },
      }),
    },
    'takes everyone for dead': { processes: { isAlive: () => false } },
    'takes everyone for alive': { processes: { isAlive: () => true } },
    'does not sign': { disk: () => ({ write: (_file, _bytes, _from, length) => length }) },
  }
  for (const [name, sabotage] of Object.entries(broken)) {
    const { violations } = exploreLocks({ seed: 1, cuts: 4, sabotage })
    t.not(violations.length, 0, `${name}: ${violations[0]}`)
  }
})

t.test('every cut and every flipped bit of a journal leaves a valid prefix, and what is dropped is told', async (t) => {
  let cuts = 0
  let flips = 0
  const wrong: string[] = []
  for (let journal = 0; journal < 10; journal++) {
    const { bytes, ends } = makeJournal(journal, 400 + journal * 400)
    const expect = (damaged: Buffer, records: number, what: string) => {
      const { records: read, validBytes, dropped } = scanRecords(damaged)
      const again = readJournalAgain(damaged)
      const right = read.length === records && validBytes === (ends[records - 1] ?? 0)
      const told = (dropped?.bytes ?? 0) === damaged.length - validBytes
      const agreed = again.records.length === records && again.valid === validBytes
      if (!(right && told && agreed) && wrong.length < 10) wrong.push(`journal ${journal}, ${what}`)
    }
    for (let length = 0; length <= bytes.length; length++, cuts++) {
      expect(bytes.subarray(0, length), ends.filter((end) => end <= length).length, `cut at ${length}`)
    }
    const damaged = Buffer.from(bytes)
    for (let bit = 0; bit < bytes.length * 8; bit++, flips++) {
      damaged[bit >> 3]! ^= 1 << (bit & 7)
      expect(damaged, ends.filter((end) => end <= bit >> 3).length, `bit ${bit}`)
      damaged[bit >> 3]! ^= 1 << (bit & 7)
    }
  }
  t.same(wrong, [])
  t.comment(`${cuts} cuts, ${flips} flipped bits`)
})

/** A journal of about `size` bytes with records of all lengths, and where each ends. */
function makeJournal(seed: number, size: number) {
  const random = mulberry32(seed)
  const records = [encodeRecord(0, { format: 'copse-journal', version: 1, kind: 'run' })]
  const ends = [records[0]!.length]
  while (ends.at(-1)! < size - 40) {
    const room = size - 40 - ends.at(-1)!
    const text = 'ü🌲x'.repeat(Math.floor((random() ** 3 * room) / 7))
    records.push(encodeRecord(records.length, { op: 'text', text }))
    ends.push(ends.at(-1)! + records.at(-1)!.length)
  }
  return { bytes: Buffer.concat(records), ends }
}
