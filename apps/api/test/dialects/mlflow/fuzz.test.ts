import { brokenTexts, csvBodies, mlflowBodies, validTexts } from '../bodies.ts'
import { throwAll } from '../fuzz.ts'

const route = { url: '/invocations', path: '/invocations' }

throwAll([
  { name: 'valid JSON', ...route, bodies: (s) => validTexts(mlflowBodies(s)), count: 4000, answered: 1 },
  { name: 'broken JSON', ...route, bodies: (s) => brokenTexts(mlflowBodies(s)), count: 6500, answered: 0.02 },
  { name: 'CSV', ...route, bodies: csvBodies, count: 3500, answered: 0.1 },
])
