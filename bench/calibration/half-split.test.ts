import { expect, test } from 'vitest';
import { golden } from '../../src/measure/calibration/calibration.fixture.ts';
import { halves, numpyPermutation } from './half-split.ts';

test('numpyPermutation is that of NumPy', () => {
  expect([...numpyPermutation(7, 3)]).toEqual(golden.permutations['7 of seed 3']);
  const order = numpyPermutation(10_000, 0);
  expect([...order.subarray(0, 8)]).toEqual(golden.permutations['first of 10000, seed 0']);
  expect([...order.subarray(-8)]).toEqual(golden.permutations['last']);
});

test('halves hold every place once', () => {
  const { fit, test } = halves(101, 5);
  expect([fit.length, test.length]).toEqual([50, 51]);
  expect([...fit, ...test].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 101 }, (_, at) => at));
});
