import { solvePositiveDefinite } from './positive-definite.ts';

/** How a minimum over the simplex was found. */
export interface SimplexMinimum {
  /** Non-negative, sums to 1. */
  readonly point: Float64Array;
  /** Largest violation of the optimality conditions that is left, in units of the objective. */
  readonly gap: number;
}

/** Newton's steps after which the coordinates that have weight are at their minimum, but for rounding. */
const REFINED = 3;
/** Such steps after which nothing more is to be got from them. */
const REFINED_MOST = 20;

/**
 * Minimises ½ xᵀQx + bᵀx over x ≥ 0, Σx = 1, by an active set (Nocedal & Wright 2006, section 16.5): all coordinates that have weight go
 * together to their minimum, or as far as none becomes negative; once they are there, the one that promises most joins them. Every iterate
 * is feasible, and a Q without full rank is as good as another.
 *
 * @param quadratic Q, `[size, size]` row by row, symmetric, positive semidefinite up to rounding
 * @param linear b; null for 0
 * @param start a feasible point to begin at; default the middle
 * @returns the minimum to about 1e-15 of the largest entry; the best that 1,000 × size moves reach, where that is not enough
 */
export function minimizeOnSimplex(
  quadratic: Float64Array,
  linear: Float64Array | null,
  size: number,
  start: Float64Array | null = null,
): SimplexMinimum {
  const point = start === null ? new Float64Array(size).fill(1 / size) : Float64Array.from(start);
  const gradient = new Float64Array(size);
  let scale = 0;
  for (let i = 0; i < size; i++) {
    let value = linear === null ? 0 : linear[i]!;
    scale = Math.max(scale, Math.abs(value));
    for (let j = 0; j < size; j++) {
      value += quadratic[i * size + j]! * point[j]!;
      scale = Math.max(scale, Math.abs(quadratic[i * size + j]!));
    }
    gradient[i] = value;
  }
  const tolerance = scale * 1e-15;
  let gap = 0;
  let refined = 0;
  for (let move = 0; move < 1000 * size && refined < REFINED_MOST; move++) {
    let up = 0;
    let down = -1;
    for (let i = 0; i < size; i++) {
      if (gradient[i]! < gradient[up]!) up = i;
      if (point[i]! > 0 && (down < 0 || gradient[i]! > gradient[down]!)) down = i;
    }
    gap = gradient[down]! - gradient[up]!;
    if (gap <= tolerance) break;
    // Before the others are at their minimum, what is left of their slopes could turn the newcomer back.
    const joining = refined >= REFINED && point[up]! <= 0 ? up : -1;
    const length = moveTogether(quadratic, point, gradient, scale, joining);
    if (length === 0 && refined >= REFINED) break;
    if (length === 0) refined = REFINED;
    else refined = length === 1 && joining < 0 ? refined + 1 : 0;
  }
  return { point, gap };
}

/**
 * Moves the coordinates that have weight towards the minimum over their own simplex, as far as none becomes negative.
 *
 * @param point moved in place, with its gradient
 * @param joining moves with them, though it has no weight yet; -1 for none
 * @returns how far of the way to the minimum, from 0 to 1
 */
function moveTogether(quadratic: Float64Array, point: Float64Array, gradient: Float64Array, scale: number, joining: number): number {
  const size = point.length;
  let pivot = 0;
  for (let i = 1; i < size; i++) if (point[i]! > point[pivot]!) pivot = i;
  const held = [...point.keys()].filter((i) => i !== pivot && (point[i]! > 0 || i === joining));
  const count = held.length;
  // Newton's step over what they give to the heaviest, which keeps the sum. The ridge stands for directions in which Q is flat.
  const entry = (i: number, j: number) => quadratic[i * size + j]!;
  const matrix = Float64Array.from({ length: count * count }, (_, at) => {
    const [row, column] = [Math.floor(at / count), at % count];
    const [i, j] = [held[row]!, held[column]!];
    return entry(i, j) - entry(i, pivot) - entry(pivot, j) + entry(pivot, pivot) + (row === column ? scale * 1e-14 : 0);
  });
  const right = Float64Array.from(held, (i) => gradient[pivot]! - gradient[i]!);
  const given = solvePositiveDefinite(matrix, right, count);
  const direction = new Float64Array(size);
  held.forEach((i, at) => {
    direction[i] = given[at]!;
    direction[pivot]! -= given[at]!;
  });
  let length = 1;
  let [slope, bend] = [0, 0];
  const bent = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) bent[i]! += quadratic[i * size + j]! * direction[j]!;
    slope += gradient[i]! * direction[i]!;
    bend += bent[i]! * direction[i]!;
    if (direction[i]! < 0) length = Math.min(length, point[i]! / -direction[i]!);
  }
  // Rounding may have made it no way down.
  if (!(slope * length + 0.5 * bend * length * length < 0)) return 0;
  for (let i = 0; i < size; i++) {
    const moved = point[i]! + length * direction[i]!;
    point[i] = moved > Number.EPSILON * point[i]! ? moved : 0;
    gradient[i]! += length * bent[i]!;
  }
  return length;
}
