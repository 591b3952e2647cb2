export { growClasses } from './classes'
export { entryCount, leafCount, nodeCount } from './nodes'
export {
  configure,
  drawn,
  entryClass,
  entryWeight,
  importances,
  leafRows,
  leafStart,
  leafValue,
  nodeFeature,
  nodeFlags,
  nodeRight,
  nodeThreshold,
} from './state'
export { growValues } from './values'
