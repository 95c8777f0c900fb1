/** Unit of numeric time stamps since the epoch. */
export type TimeUnit = 'seconds' | 'milliseconds' | 'microseconds' | 'nanoseconds';

/** Every {@link TimeUnit}. */
export const TIME_UNITS: readonly TimeUnit[] = ['seconds', 'milliseconds', 'microseconds', 'nanoseconds'];

const MILLISECONDS_IN: Readonly<Record<TimeUnit, number>> = {
  seconds: 1000,
  milliseconds: 1,
  microseconds: 1e-3,
  nanoseconds: 1e-6,
};

/** 0001-01-01 and 9999-12-31T23:59:59.999, the span in which a time is believed. */
const EARLIEST_MS = -62_135_596_800_000;
const LATEST_MS = 253_402_300_799_999;

/**
 * A number in the given unit as milliseconds since the epoch; NaN where it is not a time between the years 1 and 9999.
 * Microseconds and nanoseconds keep their fraction of a millisecond as far as a float64 holds it.
 */
export function numberToTimeMs(value: number, unit: TimeUnit): number {
  // Division by a whole number rounds correctly where multiplication by 1e-3 does not.
  const factor = MILLISECONDS_IN[unit];
  const timeMs = factor >= 1 ? value * factor : value / Math.round(1 / factor);
  return timeMs >= EARLIEST_MS && timeMs <= LATEST_MS ? timeMs : NaN;
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** A decimal number; NaN for anything else (empty, hexadecimal, infinity, trailing text). */
export function parseNumber(text: string): number {
  return NUMBER.test(text) ? Number(text) : NaN;
}

/**
 * The unsigned integer in `bytes[start … end)`; NaN where another byte than a digit stands there or more than 19 do.
 * The hot path of `parseTimeText`, without a string.
 */
export function parseDigits(bytes: Uint8Array, start: number, end: number): number {
  if (end <= start || end - start > 19) return NaN;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - 48;
    if (digit < 0 || digit > 9) return NaN;
    value = value * 10 + digit;
  }
  return value;
}
