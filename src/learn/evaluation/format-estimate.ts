/** A figure between −1 and 1 with four digits and no zero before the point: `.1234`, `-.0020`, `1.0000`. */
export function formatFigure(value: number): string {
  return value.toFixed(4).replace(/^(-?)0\./, '$1.');
}

/** A figure with its interval, `.1234 [.1200, .1270]`; without one only the figure. */
export function formatEstimate(value: number, interval: readonly [low: number, high: number] | null): string {
  if (interval === null) return formatFigure(value);
  return `${formatFigure(value)} [${formatFigure(interval[0])}, ${formatFigure(interval[1])}]`;
}
