import { ascendingOrder } from './labelled-scores.ts';

/**
 * Inner edges of `bins` bins of equal width over [0, 1]. A bin holds what is above its lower edge, up to and with its upper edge; the
 * first also holds 0 (Guo et al. 2017).
 */
export function equalWidthEdges(bins: number): number[] {
  return Array.from({ length: bins - 1 }, (_, at) => (at + 1) / bins);
}

/** Different values ascending, and the weight on each. */
export interface ValueMass {
  readonly values: Float64Array;
  readonly weights: Float64Array;
  readonly totalWeight: number;
}

/** Gathers equal values; those without weight are left out. O(n log n). */
export function valueMass(values: Float64Array, weights: Float64Array): ValueMass {
  const different = new Float64Array(values.length);
  const sums = new Float64Array(values.length);
  let count = 0;
  let totalWeight = 0;
  for (const at of ascendingOrder(values)) {
    if (weights[at] === 0) continue;
    if (count === 0 || values[at] !== different[count - 1]) different[count++] = values[at]!;
    sums[count - 1]! += weights[at]!;
    totalWeight += weights[at]!;
  }
  return { values: different.subarray(0, count), weights: sums.subarray(0, count), totalWeight };
}

/**
 * Inner edges of at most `bins` bins of about equal weight: a value lies in the bin where the middle of its weight falls, so
 * equal values stay together; where one value weighs more than a bin there are fewer bins. An edge stands midway between two values.
 */
export function equalMassEdges({ values, weights, totalWeight }: ValueMass, bins: number): number[] {
  const edges: number[] = [];
  let before = 0;
  let current = -1;
  for (let at = 0; at < values.length; at++) {
    const bin = Math.floor((bins * (before + weights[at]! / 2)) / totalWeight);
    if (at > 0 && bin !== current) edges.push(between(values[at - 1]!, values[at]!));
    current = bin;
    before += weights[at]!;
  }
  return edges;
}

/** Midway, but never so rounded that the upper value would fall below it. */
function between(low: number, high: number): number {
  const middle = low / 2 + high / 2;
  return middle >= low && middle < high ? middle : low;
}

/** The bin of a value: how many edges lie below it. O(log edges). */
export function binOf(edges: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
