import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ActionSequences } from './action-sequences.ts';
import {
  interactionsOfTargets,
  nextActionTargets,
  NextActionTargetsError,
  pagesOfTargets,
  trainingTargets,
} from './next-action-targets.ts';

const actions = ['click', 'dwell', 'query', 'order-placed'];

/** One list a user of [action, subject]; times count on from 0. */
function sequencesOf(users: readonly (readonly (readonly [action: number, subject: number])[])[]): ActionSequences {
  const all = users.flat();
  const offsets = new Int32Array(users.length + 1);
  users.forEach((list, user) => (offsets[user + 1] = offsets[user]! + list.length));
  return {
    vocabulary: { actions, domains: ['content'], domainOfAction: new Uint8Array(4), surfaces: [''], kinds: ['content'] },
    userCount: users.length,
    offsets,
    subjects: Int32Array.from(all, ([, subject]) => subject),
    actions: Uint8Array.from(all, ([action]) => action),
    surfaces: new Uint8Array(all.length),
    timesMs: Float64Array.from(all.keys()),
    values: new Float32Array(all.length),
    queries: new Int32Array(all.length).fill(-1),
    queryTexts: [],
  };
}

const named = ['click', 'order-placed', 'of another log'];

test('positive actions on one subject in a row count once, whatever lies between', () => {
  // prettier-ignore
  const sequences = sequencesOf([[[0, 5], [1, 5], [3, 5], [2, -1], [0, 6], [0, 5]], [], [[1, 2], [0, 2]]]);
  const targets = nextActionTargets(sequences, named);
  expect([...targets.offsets]).toEqual([0, 3, 3, 4]);
  expect([...targets.users]).toEqual([0, 0, 0, 2]);
  expect([...targets.subjects]).toEqual([5, 6, 5, 2]);
  expect([...targets.visible]).toEqual([0, 4, 5, 1]);
  expect([...targets.timesMs]).toEqual([0, 4, 5, 7]);
  expect([...targets.actions]).toEqual([0, 0, 0, 0]);
  expect([...pagesOfTargets(targets).subjects]).toEqual([-1, -1, -1, -1]);
  expect(interactionsOfTargets(targets, 7)).toMatchObject({ itemCount: 7, items: targets.subjects });
});

test('the same as the rule read off the list, and training has the first of each user', () => {
  const action = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: -1, max: 3 }));
  fc.assert(
    fc.property(
      fc.array(fc.array(action, { maxLength: 12 }), { minLength: 1, maxLength: 5 }),
      fc.infiniteStream(fc.nat()),
      (users, kept) => {
        const expected = users.map((list) => {
          const positive = list.flatMap(([code, subject], at) => ((code === 0 || code === 3) && subject >= 0 ? [{ subject, at }] : []));
          return positive.filter(({ subject }, at) => positive[at - 1]?.subject !== subject);
        });
        const sequences = sequencesOf(users);
        if (expected.flat().length === 0) {
          expect(() => nextActionTargets(sequences, named)).toThrow(NextActionTargetsError);
          return;
        }
        const targets = nextActionTargets(sequences, named);
        expect([...targets.subjects]).toEqual(expected.flat().map(({ subject }) => subject));
        expect([...targets.visible]).toEqual(expected.flat().map(({ at }) => at));
        const first = expected.map((list) => kept.next().value! % (list.length + 1));
        const offsets = new Int32Array(users.length + 1);
        first.forEach((count, user) => (offsets[user + 1] = offsets[user]! + count));
        const wanted = first.flatMap((count, user) => Array.from({ length: count }, (_, at) => targets.offsets[user]! + at));
        expect([...trainingTargets(targets, { offsets })]).toEqual(wanted);
      },
    ),
  );
});
