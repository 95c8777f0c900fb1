import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTopKSelector } from './top-k.ts';

/** The plain way: sort all that are not excluded. */
function sorted(scores: Float32Array, k: number, excluded: readonly (readonly number[])[]) {
  const out = new Set(excluded.flat());
  return [...scores]
    .map((score, item) => ({ item, score: Number.isFinite(score) ? score : -Infinity }))
    .filter(({ item }) => !out.has(item))
    .sort((left, right) => (left.score === right.score ? left.item - right.item : right.score - left.score))
    .slice(0, k);
}

// Few distinct values, so that ties are common; and everything that is not a finite number.
const score = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.float(), fc.constantFrom(Number.NaN, Infinity, -Infinity, 0, -0));

describe('createTopKSelector', () => {
  it('equals a full sort, call after call on one selector', () => {
    const row = fc.tuple(
      fc.array(score, { minLength: 30, maxLength: 30 }),
      fc.integer({ min: 1, max: 40 }),
      fc.array(fc.array(fc.integer({ min: 0, max: 29 }), { maxLength: 30 }), { maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), (rows) => {
        const selector = createTopKSelector(30, 40);
        for (const [values, k, excluded] of rows) {
          const scores = Float32Array.from(values);
          const expected = sorted(scores, k, excluded);
          const actual = selector.select(scores, k, excluded);
          expect([...actual.items]).toEqual(expected.map(({ item }) => item));
          // −0 and 0 rank as equals; which of them comes out is the item's own.
          expect([...actual.scores].map((value) => value + 0)).toEqual(expected.map((entry) => entry.score + 0));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('breaks ties by the lower index and sinks what is not finite', () => {
    const { items } = createTopKSelector(6, 6).select(Float32Array.of(NaN, 1, 2, Infinity, 2, -Infinity), 6, []);
    expect([...items]).toEqual([2, 4, 1, 0, 3, 5]);
  });

  it('gives fewer than k when exclusions leave fewer, and none when they leave none', () => {
    const selector = createTopKSelector(3, 10);
    const scores = Float32Array.of(1, 2, 3);
    expect([...selector.select(scores, 10, [[2], [2, 0]]).items]).toEqual([1]);
    expect([...selector.select(scores, 10, [[0, 1, 2]]).items]).toEqual([]);
    expect([...selector.select(scores, 10, []).items]).toEqual([2, 1, 0]);
  });

  it('refuses a row of another length and a k out of range', () => {
    const selector = createTopKSelector(3, 2);
    expect(() => selector.select(new Float32Array(4), 1, [])).toThrow(/4 entries.*3 items/);
    expect(() => selector.select(new Float32Array(3), 3, [])).toThrow(/k is 3.*1 to 2/);
    expect(() => selector.select(new Float32Array(3), 0, [])).toThrow(RangeError);
  });
});
