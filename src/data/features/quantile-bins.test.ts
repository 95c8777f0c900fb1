import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { QUANTILE_EDGES, quantileBin, quantileBinMidpoint } from './quantile-bins.ts';

const size = fc.double({ min: -1e15, max: 1e15, noNaN: true });

test('a midpoint is within 1 % of every number of its bin, and bins are in order of value', () => {
  fc.assert(
    fc.property(size, size, (a, b) => {
      const bin = quantileBin(a);
      expect(Math.abs(quantileBinMidpoint(bin) - a)).toBeLessThanOrEqual(Math.max(1e-6, Math.abs(a) * 0.0100001));
      if (a < b) expect(bin).toBeLessThanOrEqual(quantileBin(b));
    }),
  );
});

test('edges belong to the bin above them, whatever a logarithm says', () => {
  for (let at = 0; at < QUANTILE_EDGES.length; at++) expect(quantileBin(QUANTILE_EDGES[at]!)).toBe(at + 1);
  expect([quantileBin(0), quantileBin(-0), quantileBin(9e-7), quantileBin(-1e-6), quantileBin(1e300)]).toEqual([0, 0, 0, -1, 2500]);
});
