import { numberToTimeMs, TIME_UNITS, type TimeUnit } from './event-time.ts';

/** How a source's numeric times are read. */
export interface TimeScale {
  readonly unit: TimeUnit;
  /**
   * Where the unit comes from: the caller (every number is then believed), numbers that this unit puts between 1995 and
   * 2100, or, where no number of the sample is such a date in any unit, their size alone.
   */
  readonly from: 'caller' | 'dates' | 'size';
}

/** 1995-01-01 and 2100-01-01. Less than a factor of 1,000 apart, so a number is a date in here in one unit at most. */
const DATES_FROM_MS = 788_918_400_000;
const DATES_TO_MS = 4_102_444_800_000;

/** The unit in which a number is a date between 1995 and 2100; null where it is one in none. */
function unitOfDate(value: number): TimeUnit | null {
  for (const unit of TIME_UNITS) {
    const timeMs = numberToTimeMs(value, unit);
    if (timeMs >= DATES_FROM_MS && timeMs < DATES_TO_MS) return unit;
  }
  return null;
}

/** A scale whose unit was given, or is known from the column's type. */
export function givenTimeScale(unit: TimeUnit): TimeScale {
  return { unit, from: 'caller' };
}

/**
 * The scale of numeric times, from a sample: the unit that makes dates between 1995 and 2100 of the most numbers, so
 * that a few in another unit do not decide (of equals the finer). Where no unit makes any, the largest magnitude: under
 * 10^11 means seconds (to the year 5138), under 10^14 milliseconds, under 10^17 microseconds, else nanoseconds. A sample
 * without numbers means milliseconds.
 */
export function detectTimeScale(sample: Iterable<number>): TimeScale {
  const votes: Record<TimeUnit, number> = { seconds: 0, milliseconds: 0, microseconds: 0, nanoseconds: 0 };
  let largest = -1;
  for (const value of sample) {
    if (!Number.isFinite(value)) continue;
    largest = Math.max(largest, Math.abs(value));
    const unit = unitOfDate(value);
    if (unit !== null) votes[unit]++;
  }
  const elected = TIME_UNITS.reduce((best, unit) => (votes[unit] >= votes[best] ? unit : best));
  if (votes[elected] > 0) return { unit: elected, from: 'dates' };
  const sized = largest < 1e11 ? 'seconds' : largest < 1e14 ? 'milliseconds' : largest < 1e17 ? 'microseconds' : 'nanoseconds';
  return { unit: largest < 0 ? 'milliseconds' : sized, from: 'size' };
}

/**
 * A number as milliseconds since the epoch; NaN where it is no time of the scale.
 *
 * With a unit that was given, any time between the years 1 and 9999 is. With a detected one, a number is refused that
 * another unit makes a date between 1995 and 2100 of: it is of that unit, and would be misdated by decades. Zero and
 * negative numbers are refused where the unit was told from dates, since among dates they stand for a time that nobody
 * knew; where it was told from size alone (counters: 0, 1, 2 …) they are accepted. Other numbers are accepted, 1985 and
 * 2150 too.
 */
export function scaledTimeMs(value: number, scale: TimeScale): number {
  const timeMs = numberToTimeMs(value, scale.unit);
  if (scale.from === 'caller' || (timeMs >= DATES_FROM_MS && timeMs < DATES_TO_MS)) return timeMs;
  if (value <= 0) return scale.from === 'size' ? timeMs : NaN;
  return unitOfDate(value) === null ? timeMs : NaN;
}

/** Why {@link scaledTimeMs} refuses a number, as the end of a sentence; empty where the text is no number. */
export function whyRefused(value: number, scale: TimeScale): string {
  if (Number.isNaN(value)) return '';
  if (scale.from === 'caller') return `, outside the years 1 to 9999 in ${scale.unit}`;
  const unit = unitOfDate(value);
  const detected = `the unit detected for this file is ${scale.unit}`;
  if (unit !== null && unit !== scale.unit) return `, a date in ${unit}, but ${detected}`;
  return value <= 0 && scale.from === 'dates' ? `, no date among the others; ${detected}` : `, outside the years 1 to 9999; ${detected}`;
}
