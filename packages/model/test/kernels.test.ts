import { readFile } from 'node:fs/promises'
import t from 'tap'
import { compileKernel, generatedFile, KERNELS } from '../scripts/compile-kernels.ts'

t.test('the committed kernels are what their sources compile to', async (t) => {
  for (const name of KERNELS) {
    t.equal(await readFile(generatedFile(name), 'utf8'), await compileKernel(name), `${name}: run the script kernels`)
  }
})
