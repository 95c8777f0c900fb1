import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { catalogueCoverage, giniCoefficient, rankGain } from './metrics.ts';

describe('rankGain', () => {
  test('by hand', () => {
    expect(rankGain('HR', 9, 10)).toBe(1);
    expect(rankGain('HR', 10, 10)).toBe(0);
    expect(rankGain('NDCG', 0, 10)).toBe(1);
    expect(rankGain('NDCG', 2, 10)).toBe(0.5);
    expect(rankGain('NDCG', 10, 10)).toBe(0);
    expect(rankGain('MRR', 3, 10)).toBe(0.25);
    expect(rankGain('MRR', 10, 10)).toBe(0);
  });

  test('NDCG is DCG over ideal DCG of the list with one relevant item', () => {
    fc.assert(
      fc.property(fc.nat(30), fc.integer({ min: 1, max: 20 }), (rank, cutoff) => {
        const relevance = Array.from({ length: 31 }, (_, at) => (at === rank ? 1 : 0));
        const gain = (list: number[]) =>
          list.slice(0, cutoff).reduce((sum, relevant, at) => sum + (2 ** relevant - 1) / Math.log2(at + 2), 0);
        const ideal = gain(relevance.toSorted((a, b) => b - a));
        expect(rankGain('NDCG', rank, cutoff)).toBeCloseTo(gain(relevance) / ideal, 12);
      }),
    );
  });
});

describe('giniCoefficient', () => {
  test('equal exposure is 0, one item that takes all is (n − 1) / n, nothing shown is 0', () => {
    expect(giniCoefficient(Int32Array.of(3, 3, 3, 3))).toBe(0);
    expect(giniCoefficient(Int32Array.of(0, 0, 7, 0))).toBe(0.75);
    expect(giniCoefficient(new Int32Array(5))).toBe(0);
  });

  test('is half the relative mean absolute difference', () => {
    const exposures = fc.array(fc.nat(40), { minLength: 1, maxLength: 30 }).filter((all) => all.some((x) => x > 0));
    fc.assert(
      fc.property(exposures, (all) => {
        let differences = 0;
        for (const one of all) for (const other of all) differences += Math.abs(one - other);
        const mean = all.reduce((sum, x) => sum + x, 0) / all.length;
        expect(giniCoefficient(Int32Array.from(all))).toBeCloseTo(differences / (2 * all.length ** 2 * mean), 12);
      }),
    );
  });
});

test('catalogueCoverage is the share of items shown', () => {
  expect(catalogueCoverage(Int32Array.of(0, 2, 0, 1))).toBe(0.5);
  expect(catalogueCoverage(new Int32Array(4))).toBe(0);
  expect(catalogueCoverage(new Int32Array(0))).toBe(0);
});
