export { configure, importances, leafRows, leafStart, leafValue, entryClass, entryWeight, nodeFeature, nodeThreshold, nodeRight, nodeFlags, drawn } from './state'
export { nodeCount, leafCount, entryCount } from './nodes'
export { growClasses } from './classes'
export { growValues } from './values'
