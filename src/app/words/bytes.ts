const UNITS = ['kB', 'MB', 'GB', 'TB'] as const;

/** A size for people, in powers of a thousand: `512 B`, `1.2 kB`, `48.0 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)} B`;
  let amount = bytes / 1000;
  let unit = 0;
  while (amount >= 1000 && unit < UNITS.length - 1) {
    amount /= 1000;
    unit++;
  }
  return `${amount.toFixed(1)} ${UNITS[unit]}`;
}
