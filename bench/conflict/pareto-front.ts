import { toyValues } from './toy-problem.ts';

/** A point of the plane. */
export type Point = readonly [x1: number, x2: number];

const points = 281;

/**
 * The Pareto set of the toy problem: minimisers of a L₁ + (1 − a) L₂ for a from 0 to 1, in the bowls below x₂ = 0. For one
 * a the minimum lies at x₁ = 7 (2a − 1), because x₁ stands only in the two squares; x₂ follows by bisection of the derivative.
 * Published figures draw it as the segment x₂ = −8.3552, |x₁| ≤ 7, which is the height of the middle, a = ½; the ends lie
 * a little lower.
 */
export const paretoSet: readonly Point[] = Array.from({ length: points }, (_, index) => {
  const share = index / (points - 1);
  const x1 = 7 * (2 * share - 1);
  const value = (x2: number) => {
    const [first, second] = toyValues(x1, x2);
    return share * first + (1 - share) * second;
  };
  let [low, high] = [-12, -4];
  for (let round = 0; round < 60; round++) {
    const middle = 0.5 * (low + high);
    if (value(middle + 1e-4) > value(middle - 1e-4)) high = middle;
    else low = middle;
  }
  return [x1, 0.5 * (low + high)];
});

/** Euclidean distance of a point from the Pareto set, in the plane of the parameters. */
export function distanceToFront([x1, x2]: Point): number {
  let best = Number.POSITIVE_INFINITY;
  for (let at = 1; at < paretoSet.length; at++) {
    const [[ax, ay], [bx, by]] = [paretoSet[at - 1]!, paretoSet[at]!];
    const share = ((x1 - ax) * (bx - ax) + (x2 - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2);
    const clamped = Math.max(0, Math.min(1, share));
    best = Math.min(best, Math.hypot(x1 - ax - clamped * (bx - ax), x2 - ay - clamped * (by - ay)));
  }
  return best;
}
