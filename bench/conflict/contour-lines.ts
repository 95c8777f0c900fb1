import type { Point } from './pareto-front.ts';

/**
 * Where a function over [−limit, limit]² has a value, as pieces of lines: marching squares, ambiguous cells cut by the mean
 * of their corners.
 *
 * @param cells along each side
 */
export function contourSegments(
  value: (x1: number, x2: number) => number,
  limit: number,
  cells: number,
  level: number,
): (readonly [from: Point, to: Point])[] {
  const at = (index: number) => -limit + (2 * limit * index) / cells;
  const above = Array.from({ length: cells + 1 }, (_, row) =>
    Array.from({ length: cells + 1 }, (_, column) => value(at(column), at(row)) - level),
  );
  const segments: (readonly [Point, Point])[] = [];
  for (let row = 0; row < cells; row++) {
    for (let column = 0; column < cells; column++) {
      const corners = [
        [column, row],
        [column + 1, row],
        [column + 1, row + 1],
        [column, row + 1],
      ] as const;
      const heights = corners.map(([i, j]) => above[j]![i]!);
      const crossings: Point[] = [];
      for (let side = 0; side < 4; side++) {
        const [from, to] = [heights[side]!, heights[(side + 1) % 4]!];
        if (from > 0 === to > 0) continue;
        const [[fromI, fromJ], [toI, toJ]] = [corners[side]!, corners[(side + 1) % 4]!];
        const share = from / (from - to);
        crossings.push([at(fromI + share * (toI - fromI)), at(fromJ + share * (toJ - fromJ))]);
      }
      if (crossings.length === 2) segments.push([crossings[0]!, crossings[1]!]);
      if (crossings.length === 4) {
        const joined = heights[0]! > 0 === heights.reduce((total, height) => total + height, 0) > 0;
        segments.push([crossings[0]!, crossings[joined ? 1 : 3]!], [crossings[2]!, crossings[joined ? 3 : 1]!]);
      }
    }
  }
  return segments;
}
