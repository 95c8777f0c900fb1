/**
 * How close to 0 and 1 a calibrator may go that was fitted on examples of this weight: 1 / (weight + 2), Laplace's rule of succession. An
 * isotonic map says exactly 0 of scores below which nothing happened yet, which is more than anyone knows.
 */
export function probabilityBound(totalWeight: number): number {
  return Math.min(0.5, 1 / (totalWeight + 2));
}
