import { expect, test } from 'vitest';
import { GRACE_MS, subjectLives } from './subject-lives.ts';

test('from creation, or the first appearance where that is earlier or all that is known, until a day after the last', () => {
  const table = { count: 4, createdMs: Float64Array.of(100, NaN, 900, 50) };
  const sequences = { subjects: Int32Array.of(0, -1, 1), timesMs: Float64Array.of(200, 300, 400) };
  const pages = { listCount: 1, offsets: Int32Array.of(0, 2), subjects: Int32Array.of(2, 0), timesMs: Float64Array.of(700) };
  const { fromMs, untilMs } = subjectLives(table, sequences, pages);
  expect([...fromMs]).toEqual([100, 400, 700, 50]);
  // The last was never met: it is there for nobody.
  expect([...untilMs]).toEqual([700 + GRACE_MS, 400 + GRACE_MS, 700 + GRACE_MS, -Infinity]);
});
