import type { Test } from 'tap'
import { testOf } from './tap-together.ts'

const test: Test = testOf(import.meta.url)

/** What a test file that shares its process imports as `tap`. */
export default test
