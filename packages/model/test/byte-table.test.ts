import { readFileSync } from 'node:fs'
import t from 'tap'
import { ELEMENT_NAMES, SECTION_REQUIRED, SECTIONS } from '../src/format.ts'

t.test('the sections are those of the byte table of docs/model-format.md', async (t) => {
  const text = readFileSync(new URL('../../../docs/model-format.md', import.meta.url), 'utf8')
  const rows = text.split('\n').flatMap((line) => {
    const [, id, name, type, elements] = line.split('|').map((cell) => cell.trim())
    return /^\d+$/.test(id) && name in SECTIONS ? [{ id: Number(id), name, type, elements }] : []
  })
  t.same(
    rows.map(({ id, name, type, elements }) => ({
      id,
      name,
      types: [...new Set(type.match(/u?int\d+|float\d+/g))].sort(),
      required: elements.includes('bit 0 of its flags is 0') ? 0 : SECTION_REQUIRED,
    })),
    Object.entries(SECTIONS).map(([name, { id, types, required }]) => ({
      id,
      name,
      types: types.map((type) => ELEMENT_NAMES[type]).sort(),
      required,
    })),
  )
})
