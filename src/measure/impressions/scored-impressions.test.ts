import { describe, expect, it } from 'vitest';
import { checkScoredImpressions, type ScoredImpressions } from './scored-impressions.ts';
import { simulateImpressions } from './simulated-impressions.fixture.ts';

const good = simulateImpressions({ users: 4 });
const changed = <Column extends Float32Array | Float64Array | Int32Array | Uint8Array>(
  column: Column,
  at: number,
  value: number,
): Column => {
  const copy = column.slice() as Column;
  copy[at] = value;
  return copy;
};
const withTask = (change: Partial<ScoredImpressions['tasks'][number]>): ScoredImpressions => ({
  ...good,
  tasks: [{ ...good.tasks[0]!, ...change }, ...good.tasks.slice(1)],
});

describe('checkScoredImpressions', () => {
  it('lets good ones pass, also with labels of late outcomes and without', () => {
    checkScoredImpressions(good);
    checkScoredImpressions(
      withTask({ labels: changed(changed(good.tasks[0]!.labels, 0, 1.7), 1, NaN), scores: changed(good.tasks[0]!.scores, 1, NaN) }),
    );
    checkScoredImpressions({
      ...good,
      segmentations: [{ ...good.segmentations[0]!, codes: changed(good.segmentations[0]!.codes, 3, 255) }],
    });
  });

  const { lists, users, subjects, positions, timesMs, segmentations } = good;
  it.each<[string, ScoredImpressions, RegExp]>([
    ['none', { ...good, lists: new Int32Array(0) }, /there are none/],
    ['a short column', { ...good, subjects: subjects.slice(1) }, /subjects holds \d+ values for \d+ places/],
    ['lists that fall', { ...good, lists: changed(lists, lists.length - 1, 0) }, /lists must ascend/],
    ['a list of two users', { ...good, users: changed(users, 1, 77) }, /user of place 1 is 77: list 0 is user 0's/],
    ['a list at two times', { ...good, timesMs: changed(timesMs, 1, 5) }, /time of place 1 is 5/],
    [
      'positions that repeat',
      { ...good, positions: changed(positions, 1, 0) },
      /position of place 1 is 0: positions must ascend within list 0/,
    ],
    ['a negative subject', { ...good, subjects: changed(subjects, 2, -1) }, /subject of place 2 is -1/],
    ['no task', { ...good, tasks: [] }, /no task is scored/],
    ['a task twice', { ...good, tasks: [good.tasks[0]!, good.tasks[0]!] }, /task 1 is named "click"/],
    [
      'a probability above 1',
      withTask({ scores: changed(good.tasks[0]!.scores, 4, 1.5) }),
      /score of place 4 for task click is 1.5: expected a probability/,
    ],
    ['a score that is none', withTask({ scores: changed(good.tasks[0]!.scores, 4, NaN) }), /score of place 4 for task click is NaN/],
    [
      'a half label',
      withTask({ labels: changed(good.tasks[0]!.labels, 4, 0.5) }),
      /label of place 4 for task click is 0.5: expected 0, 1, or more/,
    ],
    ['a grade too high', withTask({ kind: 'graded', labels: changed(good.tasks[0]!.labels, 4, 31) }), /grade from 0 to 30/],
    ['a calibrated grade', withTask({ kind: 'graded', calibrated: good.tasks[0]!.scores }), /only probabilities are calibrated/],
    [
      'a code beyond',
      { ...good, segmentations: [{ ...segmentations[0]!, codes: changed(segmentations[0]!.codes, 3, 2) }] },
      /code of place 3 .* is 2: there are 2 names/,
    ],
    ['a segment twice', { ...good, segmentations: [{ ...segmentations[0]!, names: ['a', 'a'] }] }, /segment 1 of tier is named "a"/],
  ])('refuses %s', (_, impressions, says) => {
    expect(() => checkScoredImpressions(impressions)).toThrow(says);
  });
});
