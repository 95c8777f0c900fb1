import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sequencesOfLists } from '../../evaluation/sequences-of-lists.ts';
import { fitItemKnn } from './item-knn.ts';

const batchOf = (histories: number[][]) => ({
  histories: histories.map((history) => Int32Array.from(history)),
  timesMs: null,
  requestTimesMs: null,
});

describe('fitItemKnn', () => {
  test('three items by hand', async () => {
    // Users of item 0: a, b, c; of item 1: a, b; of item 2: c, d.
    const train = sequencesOfLists([[0, 1], [1, 0, 0], [0, 2], [2]], 3);
    const ranker = await fitItemKnn(train, { neighbours: 2, shrinkage: 0 });
    const near = 2 / Math.sqrt(6);
    const far = 1 / Math.sqrt(6);
    const scores = await ranker.score(batchOf([[0], [1, 1], [2, 1], []]));
    [0, near, far, near, 0, 0, far + near, 0, 0, 0, 0, 0].forEach((expected, at) => expect(scores[at]).toBeCloseTo(expected, 6));
    const single = await (await fitItemKnn(train, { neighbours: 1, shrinkage: 0 })).score(batchOf([[0]]));
    expect([...single].map((value) => value > 0)).toEqual([false, true, false]);
    const shrunk = await (await fitItemKnn(train, { shrinkage: 3 })).score(batchOf([[0]]));
    expect(shrunk[1]).toBeCloseTo(2 / (Math.sqrt(6) + 3), 6);
  });

  test('equals a sum of cosines over sorted neighbours', async () => {
    const lists = fc.array(fc.array(fc.nat(9), { maxLength: 8 }), { minLength: 1, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(lists, fc.integer({ min: 1, max: 12 }), async (all, neighbours) => {
        const range = Array.from({ length: 10 }, (_, item) => item);
        const users = range.map((item) => all.flatMap((list, user) => (list.includes(item) ? [user] : [])));
        const cosine = (one: number, two: number) =>
          users[one]!.filter((user) => users[two]!.includes(user)).length / Math.sqrt(users[one]!.length * users[two]!.length);
        const scores = await (await fitItemKnn(sequencesOfLists(all, 10), { neighbours, shrinkage: 0 })).score(batchOf(all));
        all.forEach((history, row) => {
          const expected = Array<number>(10).fill(0);
          for (const seen of new Set(history)) {
            const near = range
              .filter((item) => item !== seen && cosine(seen, item) > 0)
              .toSorted((a, b) => Math.fround(cosine(seen, b)) - Math.fround(cosine(seen, a)) || a - b);
            for (const item of near.slice(0, neighbours)) expected[item]! += cosine(seen, item);
          }
          expected.forEach((value, item) => expect(scores[row * 10 + item]).toBeCloseTo(value, 5));
        });
      }),
    );
  });

  test('refuses options out of range', async () => {
    const train = sequencesOfLists([[0, 1]], 2);
    for (const options of [{ neighbours: 0 }, { neighbours: 1.5 }, { shrinkage: -1 }]) {
      await expect(fitItemKnn(train, options)).rejects.toMatchObject({ code: 'ITEM_KNN_OPTIONS' });
    }
  });
});
