import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { leaveOut, rankAmongAll, rankAmongNegatives, sinkInvalidScores } from './rank-of-target.ts';
import { topItems } from './top-items.ts';

const { POSITIVE_INFINITY, NEGATIVE_INFINITY, NaN: NOT_A_NUMBER } = Number;

/** Few different values, so that ties are common; every kind of odd value. */
const score = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -3, max: 3 }) },
  fc.constantFrom(NOT_A_NUMBER, POSITIVE_INFINITY, NEGATIVE_INFINITY, -0),
);
const scene = fc.array(score, { minLength: 1, maxLength: 25 }).chain((scores) =>
  fc.record({
    scores: fc.constant(scores),
    target: fc.nat(scores.length - 1),
    history: fc.array(fc.nat(scores.length - 1), { maxLength: 10 }),
    length: fc.integer({ min: 1, max: 30 }),
  }),
);

/** Ranks by sorting: valid scores first, high before low, the target after all that tie with it. */
function rankBySorting(scores: readonly number[], target: number, leftOut: ReadonlySet<number>): number {
  const level = (item: number) => (Number.isFinite(scores[item]) ? scores[item]! : NEGATIVE_INFINITY);
  return scores
    .map((_, item) => item)
    .filter((item) => item === target || !leftOut.has(item))
    .toSorted((a, b) => {
      if (level(a) !== level(b)) return level(a) < level(b) ? 1 : -1;
      return Number(a === target) - Number(b === target);
    })
    .indexOf(target);
}

describe('rank of the target', () => {
  test('equals the place in a sorted list, with seen items left out, repeats, ties and invalid scores', () => {
    fc.assert(
      fc.property(scene, ({ scores, target, history }) => {
        const row = Float32Array.from(scores);
        const invalid = sinkInvalidScores(row);
        expect(invalid).toBe(scores.filter((value) => Number.isNaN(value) || value === POSITIVE_INFINITY).length);
        const marks = new Int32Array(scores.length).fill(-1);
        const seen = leaveOut(row, Int32Array.from(history), target, marks, 7);
        expect(rankAmongAll(row, target, scores.length - seen)).toBe(rankBySorting(scores, target, new Set(history)));
      }),
      { numRuns: 500 },
    );
  });

  test('does not depend on the order of the items', () => {
    fc.assert(
      fc.property(scene, fc.nat(), ({ scores, target }, turn) => {
        const turned = scores.map((_, item) => scores[(item + turn) % scores.length]!);
        const rankOf = (values: number[], item: number) => {
          const row = Float32Array.from(values);
          sinkInvalidScores(row);
          return rankAmongAll(row, item, values.length);
        };
        const place = (((target - turn) % scores.length) + scores.length) % scores.length;
        expect(rankOf(turned, place)).toBe(rankOf(scores, target));
      }),
    );
  });

  test('a constant scorer puts the target last, and so does one that knows nothing but NaN', () => {
    const rankOf = (value: number) => {
      const row = new Float32Array(50).fill(value);
      sinkInvalidScores(row);
      return rankAmongAll(row, 20, 50);
    };
    expect([rankOf(0), rankOf(NOT_A_NUMBER), rankOf(POSITIVE_INFINITY)]).toEqual([49, 49, 49]);
  });

  test('among negatives only they count', () => {
    const row = Float32Array.of(5, 1, 3, 3, 9);
    expect(rankAmongNegatives(row, 2, Int32Array.of(0, 1))).toBe(1);
    expect(rankAmongNegatives(row, 2, Int32Array.of(3, 1))).toBe(1);
    expect(rankAmongNegatives(row, 4, Int32Array.of(0, 1, 2, 3))).toBe(0);
  });
});

describe('topItems', () => {
  test('equals the head of a sorted list; nothing left out or invalid is ever in it', () => {
    fc.assert(
      fc.property(scene, ({ scores, target, history, length }) => {
        const row = Float32Array.from(scores);
        sinkInvalidScores(row);
        leaveOut(row, Int32Array.from(history), target, new Int32Array(scores.length).fill(-1), 0);
        const list = new Int32Array(length);
        topItems(row, list);
        const expected = scores
          .map((_, item) => item)
          .filter((item) => Number.isFinite(scores[item]) && (item === target || !history.includes(item)))
          .toSorted((a, b) => scores[b]! - scores[a]! || a - b)
          .slice(0, length);
        expect([...list]).toEqual([...expected, ...Array<number>(length - expected.length).fill(-1)]);
      }),
      { numRuns: 500 },
    );
  });
});
