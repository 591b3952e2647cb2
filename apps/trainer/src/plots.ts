import { bars, confusionMatrix as confusionChart, lines } from '@copse/charts'
import type { Dataset } from '@copse/dataset'
import { confusionMatrix, type Forest } from '@copse/model'
import type { Answers } from './measure.ts'

const MOST_BARS = 30

/** SVG files of one forest by name; `given` are its answers on the held-out rows. */
export function plots(name: string, forest: Forest, test: Dataset, given: Answers): Map<string, string> {
  const files = new Map<string, string>()
  const { target } = forest.signature
  if (target.type === 'class') {
    const classes = [...target.classes]
    const matrix = confusionMatrix(test.target, given.classIds, classes.length)
    files.set('confusion-matrix.svg', confusionChart({ classes, matrix, title: `${name}: held-out rows` }))
  }
  const ranked = rankedImportances(forest).slice(0, MOST_BARS)
  if (ranked.some(({ importance }) => importance > 0)) {
    files.set(
      'importances.svg',
      bars({
        labels: ranked.map((entry) => entry.name),
        values: ranked.map((entry) => entry.importance),
        title: `${name}: feature importances`,
        valueLabel: 'share of impurity decrease',
      }),
    )
  }
  const errors = forest.summary.oobErrorByTrees
  if (errors !== undefined && errors.length > 0) {
    const points = errors.map((y, i) => ({ x: i + 1, y })).filter(({ y }) => Number.isFinite(y))
    files.set(
      'oob-error.svg',
      lines({
        series: [{ name, x: points.map(({ x }) => x), y: points.map(({ y }) => y) }],
        title: `${name}: out-of-bag error`,
        xLabel: 'trees',
        yLabel: target.type === 'class' ? '1 - accuracy' : 'mean squared error',
      }),
    )
  }
  return files
}

/** Features by falling importance, equals in column order; all 0 for a forest that keeps none. */
export function rankedImportances(forest: Forest): { name: string; importance: number }[] {
  return forest.summary.importances
    .map((importance, f) => ({ name: forest.signature.features[f]!.name, importance }))
    .sort((a, b) => b.importance - a.importance)
}
