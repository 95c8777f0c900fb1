import { expect, it } from 'vitest';
import { pairImpressions } from './pair-impressions.ts';
import type { ScoredImpressions } from './scored-impressions.ts';
import { simulateImpressions } from './simulated-impressions.fixture.ts';

const first = simulateImpressions({ users: 5, model: 'A' });
const second = simulateImpressions({ users: 5, model: 'B' });

it('pairs two models on the same places', () => {
  const pair = pairImpressions(first, second);
  expect(pair.tasks.map(({ first: task }) => task.name)).toEqual(['click', 'like', 'negative-feedback', 'worth']);
  expect(pair.segmentations).toEqual(first.segmentations);
  expect(pair.notes).toEqual([]);
});

it('leaves out and tells what only one has, and what they part differently', () => {
  const [click, like, ...rest] = second.tasks;
  const other: ScoredImpressions = {
    ...second,
    tasks: [{ ...click!, calibrated: click!.scores }, { ...like!, name: 'share' }, ...rest],
    segmentations: [{ ...second.segmentations[0]!, codes: second.segmentations[0]!.codes.map((code) => 1 - code) }],
  };
  const pair = pairImpressions(first, other);
  expect(pair.tasks.map(({ first: task }) => task.name)).toEqual(['click', 'negative-feedback', 'worth']);
  expect(pair.segmentations).toEqual([]);
  expect(pair.notes).toEqual([
    'click: only B is calibrated; each is measured as it would be served.',
    'Only A has task like: not compared.',
    'Only B has task share: not compared.',
    'Segments by tier are left out: its names or codes differ (another cut of training?).',
    'Segments by surface are left out: the second has none.',
  ]);
});

const source = (change: object) => ({ ...second, source: { ...second.source, ...change } });
const at = (column: Int32Array, place: number, value: number) => Int32Array.from(column, (own, row) => (row === place ? value : own));
const cut = (impressions: ScoredImpressions, places: number): ScoredImpressions => ({
  ...impressions,
  ...{
    lists: impressions.lists.slice(0, places),
    positions: impressions.positions.slice(0, places),
    users: impressions.users.slice(0, places),
  },
});

it.each<[string, ScoredImpressions, RegExp]>([
  [
    'of other data',
    source({ data: { name: 'other', fingerprint: 'f00' } }),
    /about simulated \(fingerprint seed-1\), the second about other/,
  ],
  ['of another part', source({ part: 'validation' }), /first holds the test part, the second the validation part/],
  ['with another user', { ...second, users: at(second.users, 3, 9) }, /users of place 3 of list 0 are 0 and 9/],
  ['with another subject', { ...second, subjects: at(second.subjects, 3, 999) }, /subjects of place 3 of list 0/],
  [
    'with another list',
    { ...second, lists: at(second.lists, second.lists.length - 1, 9999) },
    /at row \d+ the first holds place 5 of list \d+, the second place 5 of list 9999/,
  ],
  ['with fewer places', cut(second, 12), /the first has \d+ places of \d+ lists, the second 12 places of 2 lists/],
  [
    'with other outcomes',
    { ...second, tasks: second.tasks.map((task) => ({ ...task, labels: task.labels.map((label) => (label === 0 ? 1 : label)) })) },
    /the label of click at place \d of list \d+ is 0 in the first and 1 in the second/,
  ],
  ['without a shared task', { ...second, tasks: [{ ...second.tasks[0]!, name: 'share' }] }, /none is the same/],
])('refuses a model %s', (_, other, says) => {
  expect(() => pairImpressions(first, other)).toThrow(says);
});
