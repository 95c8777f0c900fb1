import { expect, it } from 'vitest';
import { manualClock } from './clock.ts';

it('stands still until moved, both readings together', () => {
  const clock = manualClock(1_000);
  expect([clock.nowMs(), clock.monotonicMs(), clock.nowMs()]).toEqual([1_000, 1_000, 1_000]);
  clock.advance(250);
  clock.advance(0.5);
  expect([clock.nowMs(), clock.monotonicMs()]).toEqual([1_250.5, 1_250.5]);
});

it('starts at the epoch unless told otherwise, and apart from other clocks', () => {
  const clock = manualClock();
  manualClock().advance(5);
  expect(clock.nowMs()).toBe(0);
});
