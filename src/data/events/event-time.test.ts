import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectTimeUnit, numberToTimeMs, parseDigits, parseTimeText } from './event-time.ts';

const MOMENT = Date.UTC(2024, 4, 6, 7, 8, 9, 123);

describe('detectTimeUnit', () => {
  it.each([
    [[881_250_949, 0], 'seconds'],
    [[1_700_000_000_000], 'milliseconds'],
    [[1_700_000_000_000_000], 'microseconds'],
    [[1_700_000_000_000_000_000], 'nanoseconds'],
    [[NaN, 5], 'seconds'],
    [[], 'milliseconds'],
  ])('%j means %s', (sample, unit) => expect(detectTimeUnit(sample)).toBe(unit));
});

describe('parseTimeText', () => {
  it.each([
    ['2024-05-06T07:08:09.123Z', MOMENT],
    ['2024-05-06 07:08:09.123', MOMENT], // no offset: UTC
    ['2024-05-06T09:08:09.123+02:00', MOMENT],
    ['2024-05-06T05:38:09,123-0130', MOMENT],
    ['2024-05-06 07:08:09.123 UTC', MOMENT],
    ['2024-05-06', Date.UTC(2024, 4, 6)],
    ['2024-02-29T23:59', Date.UTC(2024, 1, 29, 23, 59)],
    ['0099-01-01', new Date('0099-01-01T00:00:00Z').getTime()],
    ['1715000000', 1_715_000_000_000],
    ['1715000000.25', 1_715_000_000_250],
    ['8.8e8', 880_000_000_000],
    ['-5', -5000],
  ])('%s', (text, timeMs) => expect(parseTimeText(text, 'seconds')).toBe(timeMs));

  it.each(['', 'yesterday', '2023-02-29', '2024-13-01', '2024-01-01T24:00', '0x10', 'Infinity', '1e300', '12 13', '06/05/2024'])(
    'refuses "%s"',
    (text) => expect(parseTimeText(text, 'seconds')).toBeNaN(),
  );

  it('reads what Date writes, at any moment', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }), (date) => {
        expect(parseTimeText(date.toISOString(), 'seconds')).toBe(date.getTime());
        expect(parseTimeText(String(date.getTime()), 'milliseconds')).toBe(date.getTime());
      }),
    );
  });
});

describe('numberToTimeMs', () => {
  it('keeps fractions of a millisecond and refuses years beyond 9999', () => {
    expect(numberToTimeMs(1_700_000_000_123_456, 'microseconds')).toBe(1_700_000_000_123.456);
    expect(numberToTimeMs(1_700_000_000_000, 'seconds')).toBeNaN();
  });
});

describe('parseDigits', () => {
  it('agrees with Number on digits, and gives NaN on anything else', () => {
    fc.assert(
      fc.property(fc.oneof(fc.maxSafeNat().map(String), fc.string({ maxLength: 8 })), (text) => {
        const bytes = Buffer.from(`x${text}x`);
        const expected = /^\d{1,19}$/.test(text) ? Number(text) : NaN;
        expect(parseDigits(bytes, 1, bytes.length - 1)).toBe(expected);
      }),
    );
  });
});
