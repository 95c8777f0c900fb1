import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../base/random.ts';
import { sequencesOfLists } from '../../evaluation/sequences-of-lists.ts';
import { fitEase } from './ease.ts';

/** EASE's weights by the paper's equations and Gauss–Jordan, float64, nothing clever. */
function easeByEquation(lists: readonly (readonly number[])[], items: number, regularisation: number): number[][] {
  const range = Array.from({ length: items }, (_, at) => at);
  const matrix = range.map((row) => [
    ...range.map(
      (column) => lists.filter((list) => list.includes(row) && list.includes(column)).length + (row === column ? regularisation : 0),
    ),
    ...range.map((column) => Number(row === column)),
  ]);
  for (const pivot of range) {
    const divisor = matrix[pivot]![pivot]!;
    matrix[pivot] = matrix[pivot]!.map((value) => value / divisor);
    for (const row of range) {
      if (row === pivot) continue;
      const share = matrix[row]![pivot]!;
      matrix[row] = matrix[row]!.map((value, at) => value - share * matrix[pivot]![at]!);
    }
  }
  const inverse = matrix.map((row) => row.slice(items));
  return range.map((row) => range.map((column) => (row === column ? 0 : -inverse[row]![column]! / inverse[column]![column]!)));
}

const score = async (lists: number[][], items: number, regularisation: number, histories: number[][]) => {
  const ranker = await fitEase(sequencesOfLists(lists, items), { regularisation });
  return ranker.score({ histories: histories.map((history) => Int32Array.from(history)), timesMs: null, requestTimesMs: null });
};

describe('fitEase', () => {
  test('two items by hand', async () => {
    // Users {0, 1}, {0, 1}, {0}: G = [[3 + λ, 2], [2, 2 + λ]], so B_01 = 2 / (3 + λ), B_10 = 2 / (2 + λ).
    const scores = await score(
      [
        [0, 1],
        [1, 0],
        [0, 0],
      ],
      2,
      1,
      [[0], [1], [0, 1, 1], []],
    );
    [0, 2 / 4, 2 / 3, 0, 2 / 3, 2 / 4, 0, 0].forEach((expected, at) => expect(scores[at]).toBeCloseTo(expected, 6));
  });

  test('equals the equations solved plainly', async () => {
    const lists = fc.array(fc.array(fc.nat(14), { maxLength: 9 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(lists, fc.constantFrom(0.5, 10, 250), async (all, regularisation) => {
        const weights = easeByEquation(all, 15, regularisation);
        const scores = await score(all, 15, regularisation, all);
        all.forEach((history, row) => {
          for (let item = 0; item < 15; item++) {
            const expected = [...new Set(history)].reduce((sum, seen) => sum + weights[seen]![item]!, 0);
            expect(Math.abs(scores[row * 15 + item]! - expected)).toBeLessThan(1e-5);
          }
        });
      }),
      { numRuns: 40 },
    );
  });

  test('a catalogue of more than one tile', async () => {
    const items = 1100;
    const random = createRandom(1, 'lists');
    const lists = Array.from({ length: 30 }, () => Array.from({ length: 40 }, () => random.integer(items)));
    const histories = [...Array.from({ length: items }, (_, item) => [item]), [1, 1050]];
    const scores = await score(lists, items, 5, histories);
    const weight = (item: number, other: number) => scores[item * items + other]!;
    for (let item = 0; item < items; item++) {
      expect(weight(item, item)).toBe(0);
      expect(scores[items * items + item]).toBeCloseTo(weight(1, item) + weight(1050, item), 6);
    }
    // Column j of B is the ridge regression of item j on the others: (G without j) b = G_j.
    for (const target of [3, 1049]) {
      for (const other of [0, 500, 1023, 1024, 1099]) {
        const together = (one: number, two: number) =>
          lists.filter((list) => list.includes(one) && list.includes(two)).length + (one === two ? 5 : 0);
        let sum = 0;
        for (let item = 0; item < items; item++) {
          if (item !== target) sum += together(other, item) * weight(item, target);
        }
        expect(sum).toBeCloseTo(together(other, target), 4);
      }
    }
  });

  test('an item that nobody has scores 0 and says nothing', async () => {
    const scores = await score([[0, 1]], 3, 1, [[0], [2]]);
    expect([scores[2], ...scores.slice(3)]).toEqual([0, 0, 0, 0].map((zero) => expect.closeTo(zero, 10)));
  });

  test('refuses catalogues beyond its bound, and a regularisation of 0', async () => {
    const train = sequencesOfLists([[0, 1, 2]], 3);
    await expect(fitEase(train, { itemCountMax: 2 })).rejects.toMatchObject({
      code: 'EASE_TOO_MANY_ITEMS',
      fields: { itemCount: 3, itemCountMax: 2 },
    });
    await expect(fitEase(train, { regularisation: 0 })).rejects.toMatchObject({ code: 'EASE_OPTIONS' });
  });
});
