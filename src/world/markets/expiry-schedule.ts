const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
/** Friday 08:00 UTC, the first of the epoch. */
const FIRST_FRIDAY_MS = DAY_MS + DAY_MS / 3;
const QUARTER_WEEKS = 13;

/** A series of contracts of which one is listed at a time. */
export type Series = 'weekly-even' | 'weekly-odd' | 'quarterly';

/**
 * The expiry of the contract that a series lists at a moment; it is later than the moment. All expire on Fridays 08:00 UTC: the two
 * weekly series every second week each, in turn, so that this week's and the next week's contract are listed; the quarterly one every 13 weeks.
 */
export function expiryOf(series: Series, timeMs: number): number {
  const every = series === 'quarterly' ? QUARTER_WEEKS : 2;
  const offset = series === 'weekly-odd' ? 1 : 0;
  // Number of the first Friday that is still to come.
  const week = Math.floor((timeMs - FIRST_FRIDAY_MS) / WEEK_MS) + 1;
  const late = (((week - offset) % every) + every) % every;
  return FIRST_FRIDAY_MS + (late === 0 ? week : week + every - late) * WEEK_MS;
}

/** The date of an expiry as ids have it: YYMMDD (UTC). */
export function expiryDate(expiryMs: number): string {
  return new Date(expiryMs).toISOString().slice(2, 10).replaceAll('-', '');
}
