/** A moment for people, in UTC: `2015-09-18 02:59:47`, with milliseconds where there are any. */
export function formatMoment(timeMs: number): string {
  if (!(Math.abs(timeMs) <= 8.64e15)) return '–';
  return new Date(timeMs)
    .toISOString()
    .replace('T', ' ')
    .replace(/(?:\.000)?Z$/, '');
}

const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'm'],
  [1000, 's'],
] as const;

/** A length of time as declarations write it: `7d`, `90s`, `1500ms`. */
export function formatSpan(durationMs: number): string {
  const unit = UNITS.find(([unitMs]) => durationMs >= unitMs && durationMs % unitMs === 0);
  return unit === undefined ? `${durationMs}ms` : `${durationMs / unit[0]}${unit[1]}`;
}
