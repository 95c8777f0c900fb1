import { expect, it } from 'vitest';
import { denseFeatureCount, denseReader } from './dense-features.ts';
import { markWidth } from './subject-features.ts';

const HOUR_MS = 3_600_000;
/** Two posts of one author (8), the second also on tag 9; something that nobody touched. */
const marks = new Int32Array(3 * markWidth);
marks.set([1001, 8, 1], 0);
marks.set([1002, 8, 1, 9], markWidth);
marks.set([1003, 0, 2], 2 * markWidth);
const createdMs = Float64Array.of(0, NaN, 0);

function described(reader: ReturnType<typeof denseReader>, subject: number, timeMs: number): number[] {
  const out = new Float32Array(denseFeatureCount + 2);
  reader.describe(subject, timeMs, out, 1);
  expect([out[0], out.at(-1)]).toEqual([0, 0]);
  return [...out.subarray(1, -1)];
}

it('tells how often, in which share and how lately each mark of a candidate was met', () => {
  const reader = denseReader({ marks, createdMs });
  reader.see(0, 0);
  reader.see(1, 12 * HOUR_MS);
  reader.see(-1, 20 * HOUR_MS);
  const numbers = described(reader, 0, 36 * HOUR_MS);
  expect(numbers.slice(0, 3)).toEqual([Math.log1p(1) / 4, 1 / 3, Math.exp(-1.5)].map(Math.fround));
  expect(numbers.slice(3, 6)).toEqual([Math.log1p(2) / 4, 2 / 3, Math.exp(-1)].map(Math.fround));
  expect(numbers.slice(6, 9)).toEqual(numbers.slice(3, 6));
  expect(numbers.slice(9, markWidth * 3).every((value) => value === 0)).toBe(true);
  const others = numbers.slice(markWidth * 3);
  expect(others).toEqual([1, Math.log1p(36) / 2].map(Math.fround));
});

it('tells nothing in common with what is new, and no age where none is known', () => {
  const reader = denseReader({ marks, createdMs });
  reader.see(0, 0);
  expect(described(reader, 2, HOUR_MS).slice(0, markWidth * 3)).toEqual(new Array(markWidth * 3).fill(0));
  expect(described(reader, 1, HOUR_MS).slice(markWidth * 3)).toEqual([0, 0]);
});

it('forgets a history when another begins', () => {
  const reader = denseReader({ marks, createdMs });
  const fresh = described(reader, 0, HOUR_MS);
  reader.see(0, 0);
  expect(described(reader, 0, HOUR_MS)).not.toEqual(fresh);
  reader.begin();
  expect(described(reader, 0, HOUR_MS)).toEqual(fresh);
});
