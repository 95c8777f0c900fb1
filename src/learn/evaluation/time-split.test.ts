import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EvaluationCases } from './evaluation-cases.ts';
import { sequencesOfLists } from './sequences-of-lists.ts';
import { splitByTime } from './time-split.ts';

/** Rows of the full sequences that a set of cases shows or asks. */
function rowsOf(cases: EvaluationCases, index: number) {
  return { start: cases.historyStarts[index]!, target: cases.historyEnds[index]! };
}

const times = [
  [0, 10, 20, 80, 81, 95],
  [5, 85, 90, 91],
  [92, 93],
  [1, 2],
];
const items = [
  [0, 1, 2, 3, 4, 5],
  [6, 7, 8, 9],
  [10, 11],
  [12, 13],
];

describe('splitByTime', () => {
  // Sorted times: 0 1 2 5 10 20 80 81 85 90 91 92 93 95; index 6 is 80, index 9 is 90.
  const shares = { validationFrom: 6.5 / 14, testFrom: 9.5 / 14 };

  test('first targets by hand', () => {
    const { train, validation, test: tested } = splitByTime(sequencesOfLists(items, 14, times), shares);
    expect([...train.items]).toEqual([0, 1, 2, 6, 12, 13]);
    expect([...train.offsets]).toEqual([0, 3, 4, 4, 6]);
    expect([...train.timesMs!]).toEqual([0, 10, 20, 5, 1, 2]);
    expect([...validation.users]).toEqual([0, 1]);
    expect([...validation.targets]).toEqual([3, 7]);
    // User 2 begins in the test period: no history, no case.
    expect([...tested.users]).toEqual([0, 1]);
    expect([...tested.targets]).toEqual([5, 8]);
    expect([...tested.requestTimesMs!]).toEqual([95, 90]);
    expect(rowsOf(tested, 0)).toEqual({ start: 0, target: 5 });
    expect(tested.split).toContain('1970-01-01T00:00:00.090Z');
  });

  test('all targets by hand', () => {
    const split = splitByTime(sequencesOfLists(items, 14, times), { ...shares, targets: 'all' });
    expect([...split.validation.targets]).toEqual([3, 4, 7]);
    expect([...split.test.targets]).toEqual([5, 8, 9, 11]);
    expect(rowsOf(split.test, 3)).toEqual({ start: 10, target: 11 });
  });

  test('nothing trained on is as late as anything asked, no history is later than its request', () => {
    const users = fc.array(fc.array(fc.nat(50), { maxLength: 10 }), { minLength: 5, maxLength: 10 });
    fc.assert(
      fc.property(users, fc.constantFrom('first' as const, 'all' as const), (unordered, targets) => {
        const ordered = unordered.map((list) => list.toSorted((a, b) => a - b));
        const sequences = sequencesOfLists(
          ordered.map((list) => list.map((_, at) => at)),
          10,
          ordered,
        );
        let split;
        try {
          split = splitByTime(sequences, { targets, validationFrom: 0.5, testFrom: 0.75 });
        } catch (error) {
          expect(error).toMatchObject({ code: 'SPLIT_EMPTY_PERIOD' });
          return;
        }
        const latestTrained = Math.max(...split.train.timesMs!);
        const earliestTested = Math.min(...split.test.requestTimesMs!);
        expect(latestTrained).toBeLessThan(Math.min(...split.validation.requestTimesMs!));
        expect(Math.max(...split.validation.requestTimesMs!)).toBeLessThan(earliestTested);
        for (const cases of [split.validation, split.test]) {
          for (let index = 0; index < cases.targets.length; index++) {
            const { start, target } = rowsOf(cases, index);
            expect(target).toBeGreaterThan(start);
            expect(start).toBe(sequences.offsets[cases.users[index]!]);
            expect(target).toBeLessThan(sequences.offsets[cases.users[index]! + 1]!);
            expect(cases.targets[index]).toBe(sequences.items[target]);
            expect(Math.max(...sequences.timesMs!.subarray(start, target))).toBeLessThanOrEqual(cases.requestTimesMs![index]!);
          }
        }
      }),
    );
  });

  test.each([
    ['SPLIT_TIMES_MISSING', sequencesOfLists(items, 14), {}],
    ['SPLIT_TIMES_UNORDERED', sequencesOfLists([[0, 1]], 2, [[2, 1]]), {}],
    ['SPLIT_TIMES_UNORDERED', sequencesOfLists([[0, 1]], 2, [[2, Number.NaN]]), {}],
    ['SPLIT_SHARES', sequencesOfLists(items, 14, times), { validationFrom: 0.9, testFrom: 0.8 }],
    ['SPLIT_EMPTY_PERIOD', sequencesOfLists([[0, 1]], 2, [[1, 1]]), {}],
    ['SPLIT_EMPTY_PERIOD', sequencesOfLists([], 2, []), {}],
  ])('%s', (code, sequences, options) => {
    expect(() => splitByTime(sequences, options)).toThrow(expect.objectContaining({ code }));
  });
});
