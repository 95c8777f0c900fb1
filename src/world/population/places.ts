/** A jurisdiction that users live in. */
export interface Place {
  /** ISO 3166-1 alpha-2. */
  readonly code: string;
  /** Share of users, unnormalised. */
  readonly weight: number;
  /** Offset of local time from UTC, minutes; no daylight saving. */
  readonly zoneMinutes: number;
  /** Share whose first language is Chinese; the others' is English. */
  readonly chineseShare: number;
}

/** Where users live. The mix is made up; that languages and hours of the day hang together with the place is the point. */
export const PLACES: readonly Place[] = [
  { code: 'US', weight: 10, zoneMinutes: -300, chineseShare: 0.04 },
  { code: 'CA', weight: 4, zoneMinutes: -300, chineseShare: 0.12 },
  { code: 'BR', weight: 6, zoneMinutes: -180, chineseShare: 0 },
  { code: 'GB', weight: 6, zoneMinutes: 0, chineseShare: 0.03 },
  { code: 'NG', weight: 7, zoneMinutes: 60, chineseShare: 0 },
  { code: 'DE', weight: 5, zoneMinutes: 60, chineseShare: 0.02 },
  { code: 'FR', weight: 4, zoneMinutes: 60, chineseShare: 0.03 },
  { code: 'TR', weight: 6, zoneMinutes: 180, chineseShare: 0 },
  { code: 'AE', weight: 4, zoneMinutes: 240, chineseShare: 0.05 },
  { code: 'IN', weight: 8, zoneMinutes: 330, chineseShare: 0 },
  { code: 'VN', weight: 6, zoneMinutes: 420, chineseShare: 0.05 },
  { code: 'HK', weight: 9, zoneMinutes: 480, chineseShare: 0.85 },
  { code: 'TW', weight: 9, zoneMinutes: 480, chineseShare: 0.97 },
  { code: 'SG', weight: 6, zoneMinutes: 480, chineseShare: 0.5 },
  { code: 'MY', weight: 6, zoneMinutes: 480, chineseShare: 0.45 },
  { code: 'AU', weight: 4, zoneMinutes: 600, chineseShare: 0.08 },
];

/** Share of a place's people who read both languages. */
export const BILINGUAL_SHARE = 0.25;

/**
 * Visits by hour of local time, mean 1: a trough at four, a rise at breakfast, the peak in the evening. After the daily
 * profile of messages in Golder & Macy 2011, "Diurnal and seasonal mood vary with work, sleep, and daylength across
 * diverse cultures", Science 333.
 */
export const HOUR_PROFILE: readonly number[] = [
  0.6, 0.38, 0.25, 0.19, 0.18, 0.26, 0.5, 0.88, 1.12, 1.16, 1.12, 1.13, 1.26, 1.22, 1.11, 1.1, 1.14, 1.21, 1.36, 1.55, 1.72, 1.76, 1.58, 1.22,
];

/** Visits by day of the week from Monday, mean 1. */
export const WEEKDAY_PROFILE: readonly number[] = [1.08, 1.1, 1.09, 1.07, 1.02, 0.82, 0.82];

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Factor of visits at a moment in a time zone: hour profile (straight lines between the hours) × weekday. Mean about 1. */
export function visitProfile(timeMs: number, zoneMinutes: number): number {
  const local = timeMs + zoneMinutes * 60_000;
  const hour = (local % DAY_MS) / HOUR_MS;
  const whole = Math.floor(hour);
  const part = hour - whole;
  const hours = HOUR_PROFILE[whole]! * (1 - part) + HOUR_PROFILE[(whole + 1) % 24]! * part;
  // The epoch was a Thursday.
  return hours * WEEKDAY_PROFILE[(Math.floor(local / DAY_MS) + 3) % 7]!;
}

/** {@link visitProfile} never exceeds it. */
export const VISIT_PROFILE_MAX = 2;
