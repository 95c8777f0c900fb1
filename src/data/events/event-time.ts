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
 * The unit of numeric times, from a sample: the largest magnitude under 10^11 means seconds (to the year 5138), under
 * 10^14 milliseconds, under 10^17 microseconds, else nanoseconds. An empty sample means milliseconds.
 */
export function detectTimeUnit(sample: Iterable<number>): TimeUnit {
  let largest = -1;
  for (const value of sample) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  if (largest < 0) return 'milliseconds';
  if (largest < 1e11) return 'seconds';
  if (largest < 1e14) return 'milliseconds';
  return largest < 1e17 ? 'microseconds' : 'nanoseconds';
}

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

const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?: ?(Z|UTC|[+-]\d{2}(?::?\d{2})?))?)?$/i;

/**
 * Milliseconds since the epoch of a time written as text: a number in `unit`, or ISO 8601 (`2024-05-06`,
 * `2024-05-06T07:08:09.123+02:00`, a space instead of the T). **Without an offset it is taken as UTC.**
 *
 * @returns NaN where it is neither, or no such day or hour exists.
 */
export function parseTimeText(text: string, unit: TimeUnit): number {
  const number = parseNumber(text);
  if (!Number.isNaN(number)) return numberToTimeMs(number, unit);
  const match = ISO.exec(text);
  if (match === null) return NaN;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = match;
  if (+hour > 23 || +minute > 59 || +second > 59) return NaN;
  const date = new Date(0);
  date.setUTCFullYear(+year!, +month! - 1, +day!);
  if (date.getUTCMonth() !== +month! - 1 || date.getUTCDate() !== +day!) return NaN;
  const milliseconds = fraction === '' ? 0 : Number(`0.${fraction}`) * 1000;
  const local = date.getTime() + (+hour * 60 + +minute) * 60_000 + +second * 1000 + milliseconds;
  const offset = offsetMinutes(zone);
  return numberToTimeMs(local - offset * 60_000, 'milliseconds');
}

function offsetMinutes(zone: string): number {
  if (/^(?:z|utc)$/i.test(zone)) return 0;
  const digits = zone.slice(1).replace(':', '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || '0');
  return zone.startsWith('-') ? -minutes : minutes;
}

/**
 * The unsigned integer in `bytes[start … end)`; NaN where another byte than a digit stands there or more than 19 do.
 * The hot path of {@link parseTimeText}, without a string.
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
