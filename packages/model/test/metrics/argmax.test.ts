import t from 'tap'
import { argmax } from '../../src/metrics/argmax.ts'
import { reference } from './reference.ts'

t.test('is numpy argmax on every row', async (t) => {
  for (const c of reference.classes) t.same([...argmax(c.probabilities, c.classes)], c.argmax)
})

t.test('the lowest class wins a tie', async (t) => {
  t.same([...argmax([0.25, 0.5, 0.25, 0.4, 0.2, 0.4, 0, 0, 0], 3)], [1, 0, 0])
})

t.test('refuses a part of a row and an impossible number of classes', async (t) => {
  t.throws(() => argmax([1, 2, 3], 2), { code: 'MODEL_ERR_METRIC' })
  t.throws(() => argmax([1], 0), { code: 'MODEL_ERR_METRIC' })
  t.throws(() => argmax([1], 1.5), { code: 'MODEL_ERR_METRIC' })
})
