import { bars, confusionMatrix, histogram, lines, overlay } from '../src/index.ts'

const trees = Array.from({ length: 60 }, (_, index) => index + 1)

/** One chart of each kind, as fixtures/make-charts.ts writes them. */
export const SAMPLES: Readonly<Record<string, string>> = {
  'confusion-matrix': confusionMatrix({
    classes: ['setosa', 'versicolor', 'virginica'],
    matrix: [10, 0, 0, 0, 9, 1, 0, 1, 9],
    title: 'Confusion matrix on held-out rows',
  }),
  bars: bars({
    labels: ['petal_length', 'petal_width', 'sepal_length', 'sepal_width'],
    values: [0.4412, 0.4301, 0.1023, 0.0264],
    title: 'Feature importances',
    valueLabel: 'Share of the decrease in impurity',
  }),
  lines: lines({
    series: [
      { name: 'gini', x: trees, y: trees.map((count) => 0.05 + 0.3 / count) },
      { name: 'entropy', x: trees, y: trees.map((count) => 0.04 + 0.4 / count) },
    ],
    title: 'Out-of-bag error by number of trees',
    xLabel: 'Trees',
    yLabel: '1 − accuracy',
  }),
  overlay: overlay({
    labels: ['≤ 1.5', '1.5 – 3', '3 – 4.5', '> 4.5'],
    reference: [0.25, 0.25, 0.25, 0.25],
    current: [0.1, 0.2, 0.3, 0.4],
    title: 'petal_length',
    valueLabel: 'Share of rows',
  }),
  histogram: histogram({
    edges: [Number.NEGATIVE_INFINITY, 1.5, 3, 4.5, Number.POSITIVE_INFINITY],
    reference: [0.25, 0.25, 0.25, 0.25],
    current: [0.1, 0.2, 0.3, 0.4],
    title: 'petal_length',
    valueLabel: 'petal_length',
  }),
}
