import { expect, it } from 'vitest';
import { momentFeatureCount, momentReader, type MomentReader } from './moment-features.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Monday, midnight. */
const MONDAY_MS = 4 * DAY_MS;

function described(reader: MomentReader, actions: number, timeMs: number): number[] {
  const out = new Float32Array(momentFeatureCount(actions) + 2);
  reader.describe(timeMs, out, 1);
  expect([out[0], out.at(-1)]).toEqual([0, 0]);
  return [...out.subarray(1, -1)];
}

const faded = (days: readonly number[], memory: number) => Math.log1p(days.reduce((sum, each) => sum + Math.exp(-each / memory), 0)) / 4;

it('counts each kind of action and the visits, which fade over a day and over a week', () => {
  const reader = momentReader(3);
  reader.see(0, MONDAY_MS);
  reader.see(2, MONDAY_MS + 0.25 * HOUR_MS);
  // Within half an hour of the action before: the same visit.
  reader.see(0, MONDAY_MS + 0.75 * HOUR_MS);
  reader.see(0, MONDAY_MS + 24 * HOUR_MS);
  const numbers = described(reader, 3, MONDAY_MS + 2 * DAY_MS);
  const first = [2, 2 - 0.75 / 24, 1];
  const visits = [2, 1];
  const expected = [1, 7, 28].flatMap((memory) => [faded(first, memory), 0, faded([2 - 0.25 / 24], memory), faded(visits, memory)]);
  expected.forEach((value, at) => expect(numbers[at]).toBeCloseTo(value, 6));
  expect(numbers[12]).toBeCloseTo(Math.log1p(4) / 4, 6);
  expect(numbers[13]).toBeCloseTo(Math.log1p(2) / 2, 6);
});

it('tells the hour of the day and of the week, and nothing else of somebody who did nothing', () => {
  const numbers = described(momentReader(1), 1, MONDAY_MS + 6 * HOUR_MS);
  expect(numbers.slice(0, 8)).toEqual(new Array(8).fill(0));
  const week = (2 * Math.PI * (4 * 24 + 6)) / (7 * 24);
  [1, 0, Math.sin(week), Math.cos(week)].forEach((value, at) => expect(numbers[8 + at]).toBeCloseTo(value, 6));
});

it('goes on from what it told', () => {
  const whole = momentReader(2);
  const first = momentReader(2);
  for (const reader of [whole, first]) reader.see(0, MONDAY_MS);
  const second = momentReader(2);
  second.see(1, MONDAY_MS);
  second.begin(first.told());
  for (const reader of [whole, second]) reader.see(1, MONDAY_MS + DAY_MS);
  expect(described(second, 2, MONDAY_MS + 3 * DAY_MS)).toEqual(described(whole, 2, MONDAY_MS + 3 * DAY_MS));
});

it('forgets a user when another begins', () => {
  const reader = momentReader(2);
  const fresh = described(reader, 2, MONDAY_MS);
  reader.see(1, MONDAY_MS - DAY_MS);
  expect(described(reader, 2, MONDAY_MS)).not.toEqual(fresh);
  reader.begin();
  expect(described(reader, 2, MONDAY_MS)).toEqual(fresh);
});
