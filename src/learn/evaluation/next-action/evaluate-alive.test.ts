import fc from 'fast-check';
import { expect, test } from 'vitest';
import { casesOfRows } from '../evaluation-cases.ts';
import { sequencesOfLists } from '../sequences-of-lists.ts';
import { evaluateAlive, partOfResult, type CaseScorer } from './evaluate-alive.ts';

const scorerOf = (rows: readonly (readonly number[])[]): CaseScorer => ({
  name: 'given',
  score: async (from, to) => Float32Array.from(rows.slice(from, to).flat()),
});
const livesOf = (lives: readonly (readonly [number, number])[]) => ({
  fromMs: Float64Array.from(lives, ([fromMs]) => fromMs),
  untilMs: Float64Array.from(lives, ([, untilMs]) => untilMs),
});

test('only what was there at the moment competes; the target always does', async () => {
  const sequences = sequencesOfLists([[0, 1, 2]], 4, [[10, 20, 30]]);
  const cases = casesOfRows(sequences, Int32Array.of(1, 2), 'test');
  // Of 3 better ones, 0 is gone, 2 not there yet, 3 there: rank 1 of 2. At 30 the target 2 is there by definition.
  const candidates = { lives: livesOf([[0, 15], [0, 99], [25, 26], [0, 99]]) }; // prettier-ignore
  const result = await evaluateAlive(scorerOf([[9, 1, 9, 9], [0, 0, 1, 2]]), cases, candidates, { bootstrap: null }); // prettier-ignore
  expect([...result.ranks]).toEqual([1, 1]);
  expect(result.protocol.candidates).toEqual({ kind: 'alive', among: 'all', meanCount: 2.5 });
  const among = { name: 'some', marks: Uint8Array.of(1, 1, 1, 0) };
  expect([...(await evaluateAlive(scorerOf([[9, 1, 9, 9], [0, 0, 1, 2]]), cases, { ...candidates, among })).ranks]).toEqual([0, 0]); // prettier-ignore
});

test('ranks as counted off, ties pessimistic, what is no number last', async () => {
  const score = fc.constantFrom(-Infinity, -1, 0, 1, 2, NaN, Infinity);
  const life = fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 }));
  await fc.assert(
    fc.asyncProperty(
      fc.array(score, { minLength: 5, maxLength: 5 }),
      fc.array(life, { minLength: 5, maxLength: 5 }),
      fc.nat(4),
      async (row, lives, target) => {
        const cases = casesOfRows(sequencesOfLists([[0, target]], 5, [[1, 5]]), Int32Array.of(1), 'test');
        const { ranks } = await evaluateAlive(scorerOf([row]), cases, { lives: livesOf(lives) }, { bootstrap: null });
        const clean = row.map((value) => (value < Infinity ? value : -Infinity));
        const others = clean.filter((_, item) => item !== target && lives[item]![0] <= 5 && lives[item]![1] >= 5);
        expect(ranks[0]).toBe(others.filter((other) => other >= clean[target]!).length);
      },
    ),
  );
});

test('a part has the figures of its cases alone, and none where it has no case', async () => {
  const cases = casesOfRows(sequencesOfLists([[0, 1], [0, 2]], 3, [[1, 2], [1, 2]]), Int32Array.of(1, 3), 'test'); // prettier-ignore
  const lives = livesOf([[0, 9], [0, 9], [0, 9]]); // prettier-ignore
  const result = await evaluateAlive(scorerOf([[0, 1, 0], [1, 1, 0]]), cases, { lives }, { cutoffs: [1] }); // prettier-ignore
  const part = partOfResult(result, 'second', (index) => index === 1)!;
  expect([...part.users]).toEqual([1]);
  expect(part.protocol).toMatchObject({ split: 'test, second', cases: 1, users: 1 });
  expect(part.metrics.find(({ metric }) => metric === 'HR')!.value).toBe(0);
  expect(result.metrics.find(({ metric }) => metric === 'HR')!.value).toBe(0.5);
  expect(partOfResult(result, 'none', () => false)).toBeNull();
});
