import { describe, expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { percentileInterval } from '../../base/percentile-interval.ts';
import { centredInterval, resampleUsers } from './bootstrap.ts';
import { estimateMetrics } from './estimate-metrics.ts';

describe('resampleUsers', () => {
  test('draws as many as there are, the same by seed', () => {
    const draw = (seed: number) => {
      const seen: number[][] = [];
      resampleUsers(9, 3, seed, (weights) => seen.push([...weights]));
      return seen;
    };
    expect(draw(1).map((weights) => weights.reduce((sum, weight) => sum + weight, 0))).toEqual([9, 9, 9]);
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });
});

describe('intervals', () => {
  test('percentile, interpolated', () => {
    const replicates = Float64Array.from({ length: 101 }, (_, at) => 100 - at);
    expect(percentileInterval(replicates, 0.9)).toEqual([expect.closeTo(5, 10), expect.closeTo(95, 10)]);
    expect(percentileInterval(Float64Array.of(0, 1), 0.5)).toEqual([0.25, 0.75]);
    expect(percentileInterval(Float64Array.of(4), 0.95)).toEqual([4, 4]);
  });

  test('centred keeps the spread, puts the mean on the estimate and stays in [0, 1]', () => {
    const replicates = Float64Array.of(0.1, 0.2, 0.3);
    const [low, high] = centredInterval(replicates, 0.5, 0.9);
    expect(low).toBeCloseTo(0.41, 10);
    expect(high).toBeCloseTo(0.59, 10);
    expect(centredInterval(replicates, 0.98, 0.9)[1]).toBe(1);
  });
});

/** Users that find their item in the first ten with the given chance, each with some cases that share their luck. */
function luckyRanks(chance: number, users: number, casesEach: number, seed: number) {
  const random = createRandom(seed, 'ranks');
  const luck = Array.from({ length: users }, () => (random.next() < chance ? 3 : 500));
  return {
    users: Int32Array.from({ length: users * casesEach }, (_, index) => Math.floor(index / casesEach)),
    ranks: Int32Array.from({ length: users * casesEach }, (_, index) => luck[Math.floor(index / casesEach)]!),
    lists: null,
  };
}

describe('estimateMetrics', () => {
  const options = { cutoffs: [10], bootstrap: { resamples: 200, confidence: 0.95 }, seed: 4 };

  test.each([1, 5])('intervals of 95 in 100 hold the truth about that often, cases a user: %i', (casesEach) => {
    let held = 0;
    for (let trial = 0; trial < 200; trial++) {
      const [hits] = estimateMetrics(luckyRanks(0.3, 150, casesEach, trial), options);
      const [low, high] = hits!.interval!;
      if (low <= 0.3 && 0.3 <= high) held++;
    }
    // Resampling cases in place of users would hold the truth some 60 times in 100 with five cases a user.
    expect(held).toBeGreaterThan(178);
    expect(held).toBeLessThan(199);
  });

  test('are the same by seed, hold the estimate, and none without a bootstrap', () => {
    const random = createRandom(8, 'lists');
    const items = Int32Array.from({ length: 150 * 10 }, () => Math.floor(900 * random.next() ** 3));
    const lists = { items, length: 10, itemCount: 1000 };
    const cases = { ...luckyRanks(0.3, 150, 1, 1), lists };
    const estimates = estimateMetrics(cases, options);
    expect(estimates).toEqual(estimateMetrics(cases, options));
    expect(estimates).not.toEqual(estimateMetrics(cases, { ...options, seed: 5 }));
    expect(estimates.map(({ metric }) => metric)).toEqual(['HR', 'NDCG', 'MRR', 'coverage', 'Gini']);
    for (const { value, interval } of estimates) {
      expect(interval![0]).toBeLessThanOrEqual(value);
      expect(interval![1]).toBeGreaterThanOrEqual(value);
    }
    const plain = estimateMetrics(cases, { ...options, bootstrap: null });
    expect(plain).toEqual(estimates.map((estimate) => ({ ...estimate, interval: null })));
  });
});
