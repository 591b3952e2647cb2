export { continueChecksum } from './checksum'
export { configure } from './forest'
export { hasSubsets, markColumns, read } from './read'
export { answerBlock, answerOne } from './walk'
