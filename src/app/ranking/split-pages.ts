import { NisusError } from '../../base/error.ts';
import type { RankingSplit } from './ranking-run-record.ts';

/** How the latest pages are set aside. */
export interface SplitChoice {
  /** Time of validation pages. */
  readonly validationMs: number;
  /** Time of test pages, the latest. It should be longer than the longest window of a task, or that task has no test labels. */
  readonly testMs: number;
  readonly correction: RankingSplit['correction'];
}

const HOUR_MS = 3_600_000;

/** A day and a half to choose by, two and a half to measure: returns on the next day are known of the first day of the test. */
export const defaultSplit: SplitChoice = { validationMs: 36 * HOUR_MS, testMs: 60 * HOUR_MS, correction: 'inverse-delay' };

/** Thrown when a log is too short to be cut into training, validation and test. */
export class LogTooShortError extends NisusError {
  constructor(hours: number, neededHours: number) {
    super(
      'LOG_TOO_SHORT',
      `the log tells of ${hours.toFixed(1)} h of pages; training needs at least as much again as validation and test take, ${neededHours.toFixed(1)} h in all: let the platform run longer, or set aside less (--validation-hours, --test-hours)`,
      { fields: { hours, neededHours } },
    );
  }
}

/**
 * Cuts a log by time, from its end.
 *
 * @param fromMs the first page
 * @param endMs the first moment at which all was known
 * @throws {LogTooShortError}
 */
export function splitPages(fromMs: number, endMs: number, { validationMs, testMs, correction }: SplitChoice): RankingSplit {
  const aside = validationMs + testMs;
  if (!(endMs - fromMs >= 2 * aside)) throw new LogTooShortError(Math.max(0, endMs - fromMs) / HOUR_MS, (2 * aside) / HOUR_MS);
  return { trainUntilMs: endMs - aside, validationUntilMs: endMs - testMs, correction };
}
