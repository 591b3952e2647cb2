/** What a TAP document holds: test points that are not the closing line of a subtest. */
export interface Points {
  passed: number
  failed: number
  skipped: string[]
}

/**
 * Counts the test points of one TAP 13 or 14 document. A subtest's closing line counts only when no point stands inside,
 * or when it failed with no failed point inside (a timeout, a plan that was not met, a throw). A document without a
 * top-level plan was cut short: one failure.
 */
export function countPoints(tap: string): Points {
  const points: Points = { passed: 0, failed: 0, skipped: [] }
  const open: { indent: number; pointsBefore: number; failedBefore: number }[] = []
  let planned = false
  let diagnostic = -1
  for (const line of tap.split('\n')) {
    const text = line.trimStart()
    const indent = line.length - text.length
    if (diagnostic >= 0) {
      if (text === '...' && indent === diagnostic) diagnostic = -1
      continue
    }
    if (text === '---') diagnostic = indent
    else if (text.startsWith('# Subtest'))
      open.push({ indent, pointsBefore: size(points), failedBefore: points.failed })
    else if (/^1\.\.\d+/.test(text) && indent === 0) planned = true
    else if (text.startsWith('Bail out!')) points.failed += 1
    else {
      const point = /^(not )?ok\b(.*)$/.exec(text)
      if (!point) continue
      const directive = /(?<!\\)# (SKIP|TODO)\b ?(.*)$/i.exec(point[2]!)
      const subtest = open.at(-1)?.indent === indent ? open.pop() : undefined
      if (directive) points.skipped.push(point[2]!.replace(/^ \d+ (- )?/, '').replace(/ # time=\S+/, ''))
      else if (!point[1]) points.passed += subtest && subtest.pointsBefore < size(points) ? 0 : 1
      else if (!subtest || subtest.failedBefore === points.failed) points.failed += 1
    }
  }
  if (!planned) points.failed += 1
  return points
}

function size({ passed, failed, skipped }: Points): number {
  return passed + failed + skipped.length
}
