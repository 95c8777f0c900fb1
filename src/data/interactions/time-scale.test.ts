import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numberToTimeMs, TIME_UNITS } from './event-time.ts';
import { detectTimeScale, givenTimeScale, scaledTimeMs, whyRefused } from './time-scale.ts';

describe('detectTimeScale', () => {
  it.each([
    [[881_250_949, 0], 'seconds', 'dates'],
    [[1_700_000_000_000], 'milliseconds', 'dates'],
    [[1_700_000_000_000_000], 'microseconds', 'dates'],
    [[1_700_000_000_000_000_000], 'nanoseconds', 'dates'],
    [[1_600_000_000, 1_600_000_001, 1_600_000_000_000], 'seconds', 'dates'],
    [[1_600_000_000, 1_600_000_000_000], 'milliseconds', 'dates'],
    [[NaN, 5], 'seconds', 'size'],
    [[500_000_000_000], 'milliseconds', 'size'],
    [[], 'milliseconds', 'size'],
  ])('%j means %s, told by %s', (sample, unit, from) => expect(detectTimeScale(sample)).toEqual({ unit, from }));
});

describe('scaledTimeMs', () => {
  it('never misdates: a date of 1995 to 2100 in one unit is itself or refused, whatever unit was detected', () => {
    const unit = fc.constantFrom(...TIME_UNITS);
    const date = fc.integer({ min: Date.UTC(1995, 0, 2), max: Date.UTC(2099, 11, 31) });
    fc.assert(
      fc.property(unit, unit, date, fc.constantFrom('dates', 'size'), (written, detected, timeMs, from) => {
        const value = Math.round(timeMs / numberToTimeMs(1, written));
        const read = scaledTimeMs(value, { unit: detected, from });
        if (written === detected) expect(Math.abs(read - timeMs)).toBeLessThan(1000);
        else expect(read).toBeNaN();
      }),
    );
  });

  it('believes every number in a unit that was given', () => {
    const scale = givenTimeScale('milliseconds');
    expect([1_600_000_000, 0, -5].map((value) => scaledTimeMs(value, scale))).toEqual([1_600_000_000, 0, -5]);
  });

  it('takes zero and negative numbers among counters, not among dates; dates beyond the window as they are', () => {
    expect([0, -5, 7].map((value) => scaledTimeMs(value, { unit: 'seconds', from: 'size' }))).toEqual([0, -5000, 7000]);
    const read = [0, -5, 500_000_000].map((value) => scaledTimeMs(value, { unit: 'seconds', from: 'dates' }));
    expect(read).toEqual([NaN, NaN, 500_000_000_000]);
  });
});

describe('whyRefused', () => {
  it('names the unit that the number has and the one detected', () => {
    const scale = { unit: 'seconds', from: 'dates' } as const;
    expect(whyRefused(1_600_000_000_000, scale)).toMatch(/date in milliseconds.*detected for this file is seconds/);
    expect(whyRefused(0, scale)).toMatch(/seconds/);
    expect(whyRefused(1e300, givenTimeScale('seconds'))).toMatch(/years 1 to 9999 in seconds/);
    expect(whyRefused(NaN, scale)).toBe('');
  });
});
