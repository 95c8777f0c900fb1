import fc from 'fast-check';
import { expect, test } from 'vitest';
import { QUANTILE_BIN_MAX, QUANTILE_BOUNDARIES, quantileBin, quantileBinMiddle, quantileOfBins } from './quantile-bins.ts';

test('boundaries rise by 1.02 from 1e-9 to beyond 1e18', () => {
  expect(QUANTILE_BOUNDARIES[0]).toBe(1e-9);
  expect(QUANTILE_BOUNDARIES[1]).toBe(1.02e-9);
  expect(QUANTILE_BOUNDARIES.at(-1)).toBeGreaterThan(1e18);
  expect(QUANTILE_BOUNDARIES.length).toBe(3141);
});

test('a boundary belongs to the bin above it', () => {
  expect(quantileBin(0)).toBe(0);
  expect(quantileBin(-0)).toBe(0);
  expect(quantileBin(0.99e-9)).toBe(0);
  expect(quantileBin(-0.99e-9)).toBe(0);
  expect(quantileBin(1e-9)).toBe(1);
  expect(quantileBin(-1e-9)).toBe(-1);
  for (const index of [1, 1000, QUANTILE_BIN_MAX - 1]) expect(quantileBin(QUANTILE_BOUNDARIES[index]!)).toBe(index + 1);
  expect(quantileBin(1e300)).toBe(QUANTILE_BIN_MAX);
});

test('the middle of a bin is within 1 % of what is in it', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-9, max: 1e18, noNaN: true }), fc.boolean(), (size, negative) => {
      const value = negative ? -size : size;
      expect(Math.abs(quantileBinMiddle(quantileBin(value)) - value)).toBeLessThanOrEqual(size * 0.010001);
    }),
  );
});

test('the quantile is the bin that holds the number of that rank', () => {
  const bins = [
    [-3, 1],
    [0, 2],
    [7, 1],
  ] as const;
  expect(quantileOfBins(bins, 4, 0)).toBe(quantileBinMiddle(-3));
  expect(quantileOfBins(bins, 4, 0.5)).toBe(0);
  expect(quantileOfBins(bins, 4, 1)).toBe(quantileBinMiddle(7));
  expect(quantileOfBins([], 0, 0.5)).toBe(null);
});
