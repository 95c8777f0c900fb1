import { numberToTimeMs, parseNumber } from './event-time.ts';
import { scaledTimeMs, type TimeScale } from './time-scale.ts';

const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?: ?(Z|UTC|[+-]\d{2}(?::?\d{2})?))?)?$/i;

/**
 * Milliseconds since the epoch of a time written as text: a number in the scale's unit, or ISO 8601 (`2024-05-06`,
 * `2024-05-06T07:08:09.123+02:00`, a space instead of the T). **Without an offset it is taken as UTC.**
 *
 * @returns NaN where it is neither, no such day or hour exists, or the number is no time of the scale.
 */
export function parseTimeText(text: string, scale: TimeScale): number {
  const number = parseNumber(text);
  if (!Number.isNaN(number)) return scaledTimeMs(number, scale);
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
