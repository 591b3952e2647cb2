import { brokenBinary, brokenTexts, oipBodies, packedBodies, validBinary, validTexts } from '../bodies.ts'
import { throwAll } from '../fuzz.ts'

const route = { url: '/v2/models/iris/infer', path: '/v2/models/{model}/infer' }

throwAll([
  { name: 'valid JSON', ...route, bodies: (s) => validTexts(oipBodies(s)), count: 5000, answered: 1 },
  { name: 'broken JSON', ...route, bodies: (s) => brokenTexts(oipBodies(s)), count: 7500, answered: 0.02 },
  { name: 'valid binary tensors', ...route, bodies: validBinary, count: 3500, answered: 1 },
  { name: 'broken binary tensors', ...route, bodies: brokenBinary, count: 7000, answered: 0 },
  { name: 'compressed', ...route, bodies: packedBodies, count: 500, answered: 0 },
])
