import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { historiesOf } from './evaluate.ts';
import { splitLeaveOneOut } from './leave-one-out.ts';
import { sequencesOfLists } from './sequences-of-lists.ts';

const lists = fc
  .array(fc.array(fc.nat(19), { maxLength: 8 }), { minLength: 1, maxLength: 12 })
  .filter((all) => all.some((list) => list.length >= 3));

describe('splitLeaveOneOut', () => {
  test('small case by hand', () => {
    const split = splitLeaveOneOut(sequencesOfLists([[4, 1, 2, 3], [5, 6], [], [7, 8, 9]], 10));
    expect([...split.train.offsets]).toEqual([0, 2, 4, 4, 5]);
    expect([...split.train.items]).toEqual([4, 1, 5, 6, 7]);
    expect(split.train.itemCount).toBe(10);
    expect([...split.validation.users]).toEqual([0, 3]);
    expect([...split.validation.targets]).toEqual([2, 8]);
    expect(historiesOf(split.validation, 0, 2, null).histories.map((history) => [...history])).toEqual([[4, 1], [7]]);
    expect([...split.test.targets]).toEqual([3, 9]);
    expect(historiesOf(split.test, 0, 2, null).histories.map((history) => [...history])).toEqual([
      [4, 1, 2],
      [7, 8],
    ]);
    expect(split.test.requestTimesMs).toBeNull();
  });

  test('train, then validation target, then test target make up each user again: nothing leaks, nothing is lost', () => {
    fc.assert(
      fc.property(lists, (all) => {
        const { train, validation, test: tested } = splitLeaveOneOut(sequencesOfLists(all, 20));
        all.forEach((list, user) => {
          const trained = [...train.items.subarray(train.offsets[user]!, train.offsets[user + 1]!)];
          const at = validation.users.indexOf(user);
          expect(tested.users.indexOf(user)).toBe(at);
          if (list.length < 3) {
            expect(at).toBe(-1);
            expect(trained).toEqual(list);
            return;
          }
          expect([...trained, validation.targets[at], tested.targets[at]]).toEqual(list);
          expect([...historiesOf(validation, at, at + 1, null).histories[0]!]).toEqual(trained);
          expect([...historiesOf(tested, at, at + 1, null).histories[0]!]).toEqual(list.slice(0, -1));
        });
      }),
    );
  });

  test('times go with their items, the request is at the target’s time', () => {
    const split = splitLeaveOneOut(sequencesOfLists([[1, 2, 3, 4]], 5, [[10, 20, 30, 40]]));
    expect([...split.train.timesMs!]).toEqual([10, 20]);
    expect([...split.validation.requestTimesMs!]).toEqual([30]);
    expect([...split.test.requestTimesMs!]).toEqual([40]);
    expect([...historiesOf(split.test, 0, 1, 2).timesMs![0]!]).toEqual([20, 30]);
  });

  test('refuses data in which nobody has three interactions', () => {
    expect(() => splitLeaveOneOut(sequencesOfLists([[1, 2], [3]], 4))).toThrow(expect.objectContaining({ code: 'SPLIT_TOO_SHORT' }));
  });
});
