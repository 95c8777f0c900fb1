import type { Random } from '../../base/random.ts';

/** How active people are in each hour of their day: a small peak in the morning, a large one in the evening. */
const HOURLY_ACTIVITY = [2, 1, 1, 1, 1, 2, 4, 7, 9, 7, 5, 5, 6, 6, 5, 5, 6, 8, 11, 14, 15, 13, 9, 5];

/** A moment of the day, in milliseconds after midnight UTC, drawn by the activity of the user's own time zone. */
export function dailyCycleMs(random: Random, zoneHours: number): number {
  let left = random.next() * HOURLY_ACTIVITY.reduce((sum, activity) => sum + activity, 0);
  let hour = 0;
  while (hour < 23 && left >= HOURLY_ACTIVITY[hour]!) left -= HOURLY_ACTIVITY[hour++]!;
  const local = hour * 3_600_000 + random.integer(3600) * 1000;
  return (local + (24 - zoneHours) * 3_600_000) % 86_400_000;
}

/** The pause before the next interaction of a session: log-normal, about 40 seconds, at least one. */
export function sessionPauseMs(random: Random): number {
  return 1000 * Math.max(1, Math.round(40 * Math.exp(0.8 * random.normal())));
}
