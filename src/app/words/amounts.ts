/** A duration for people: `0.4 s`, `42 s`, `3 min 5 s`, `2 h 10 min`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** A count and what is counted: `1 user`, `2,000 users`. */
export function formatCountOf(count: number, one: string): string {
  return `${formatCount(count)} ${Math.round(count) === 1 ? one : `${one}s`}`;
}

/** A whole number with commas: `999,600`. */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}
