import { hash } from 'node:crypto'

/** Files of a small bundle with right sums, for `t.testdir`. */
export function bundleFiles(text = 'trees') {
  const files = { 'forest.copse': text, 'golden.json': '{}' }
  const lines = Object.entries(files).map(([name, content]) => `${hash('sha256', content)}  ${name}\n`)
  return { ...files, SHA256SUMS: lines.join('') }
}

/** The value of the tag copse.bundle_sha256 for those files. */
export function bundleSum(text = 'trees') {
  return hash('sha256', bundleFiles(text).SHA256SUMS)
}
