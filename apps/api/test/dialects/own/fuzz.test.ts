import { brokenTexts, ownBodies, validTexts } from '../bodies.ts'
import { throwAll } from '../fuzz.ts'

const route = { url: '/predict', path: '/predict' }

throwAll([
  { name: 'valid', ...route, bodies: (s) => validTexts(ownBodies(s)), count: 5000, answered: 1 },
  { name: 'broken', ...route, bodies: (s) => brokenTexts(ownBodies(s)), count: 7500, answered: 0.02 },
])
