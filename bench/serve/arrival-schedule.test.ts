import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { scheduleArrivals } from './arrival-schedule.ts';

describe('scheduleArrivals', () => {
  it('gives exactly the rate, ascending, within the time, the same for the same seed', () => {
    const arrivals = scheduleArrivals(createRandom(1), 200, 10);
    expect(arrivals.length).toBe(2000);
    expect(arrivals.every((at, index) => at >= (arrivals[index - 1] ?? 0) && at < 10_000)).toBe(true);
    expect(arrivals).toEqual(scheduleArrivals(createRandom(1), 200, 10));
    expect(arrivals).not.toEqual(scheduleArrivals(createRandom(2), 200, 10));
  });

  it('spreads gaps as a Poisson process does: their deviation is near their mean', () => {
    const arrivals = scheduleArrivals(createRandom(1), 1000, 20);
    const gaps = arrivals.subarray(1).map((at, index) => at - arrivals[index]!);
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
    expect(Math.sqrt(variance) / mean).toBeCloseTo(1, 1);
  });
});
