import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numberToTimeMs, parseDigits } from './event-time.ts';

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
