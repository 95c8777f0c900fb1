import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sequencesOfLists } from '../../evaluation/sequences-of-lists.ts';
import { fitMarkov } from './markov.ts';

const batchOf = (histories: number[][]) => ({
  histories: histories.map((history) => Int32Array.from(history)),
  timesMs: null,
  requestTimesMs: null,
});

/** The items of the first row, best first. */
const orderOf = (scores: Float32Array, items: number) =>
  Array.from({ length: items }, (_, item) => item).toSorted((a, b) => scores[b]! - scores[a]! || a - b);

describe('fitMarkov', () => {
  const train = sequencesOfLists(
    [
      [0, 1, 0, 1, 0, 2],
      [3, 0, 4],
      [4, 4],
    ],
    6,
  );

  test('counts what came right after the last item, then popularity', async () => {
    const ranker = await fitMarkov(train);
    const scores = await ranker.score(batchOf([[5, 0], []]));
    // After 0: 1 twice, 2 and 4 once; of those 4 is the more popular. Then 0 (4 times), 3, and 5 that is never seen.
    expect(orderOf(scores.subarray(0, 6), 6)).toEqual([1, 4, 2, 0, 3, 5]);
    expect([...scores.subarray(0, 6)].map(Math.floor)).toEqual([0, 2, 1, 0, 1, 0]);
    expect(orderOf(scores.subarray(6), 6)).toEqual([0, 4, 1, 2, 3, 5]);
  });

  test('first-seen: ties in the order of training, nothing beyond the successors', async () => {
    const ranker = await fitMarkov(train, { order: 'first-seen' });
    const scores = await ranker.score(batchOf([[5, 0], [5], []]));
    expect(orderOf(scores.subarray(0, 6), 6).slice(0, 3)).toEqual([1, 2, 4]);
    expect([scores[0], scores[3], scores[5]]).toEqual([0, 0, 0]);
    expect([...scores.subarray(6)]).toEqual(Array(12).fill(0));
  });

  test('popularity never overrules a count', async () => {
    const lists = fc.array(fc.array(fc.nat(7), { maxLength: 20 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(lists, fc.nat(7), fc.constantFrom('popularity' as const, 'first-seen' as const), async (all, last, order) => {
        const scores = await (await fitMarkov(sequencesOfLists(all, 8), { order })).score(batchOf([[last]]));
        for (let item = 0; item < 8; item++) {
          const count = all.reduce(
            (sum, list) => sum + list.filter((next, at) => at > 0 && list[at - 1] === last && next === item).length,
            0,
          );
          expect(Math.floor(scores[item]!)).toBe(count);
        }
      }),
    );
  });
});
