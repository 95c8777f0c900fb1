import { constant } from '../../tensor/leaf.ts';
import { maximum, multiply, subtract } from '../../tensor/operators/binary.ts';
import { topK } from '../../tensor/operators/index-operators.ts';
import { sum } from '../../tensor/operators/reduce.ts';
import { exp } from '../../tensor/operators/unary.ts';
import type { Tensor } from '../../tensor/tensor.ts';

/** 2^y − 1, the gain of a graded label (Burges et al. 2005). */
export function gainOf(labels: Tensor): Tensor {
  return subtract(exp(multiply(labels, constant(Math.LN2))), constant(1));
}

/** 1 / log₂(1 + k) for positions k = 1 … `cutoff`, then 0: `[places]`. */
export function rankDiscounts(places: number, cutoff: number): Tensor {
  return constant(Float32Array.from({ length: places }, (_, at) => (at < cutoff ? 1 / Math.log2(at + 2) : 0)));
}

/**
 * The discounted cumulative gain of the best order, over its first `cutoff` places (Järvelin & Kekäläinen 2002); 1e-30
 * where there is no gain, to divide by.
 *
 * @param gains from 0, 0 where padding, `[lists, places]`
 * @returns `[lists, 1]`
 */
export function idealGain(gains: Tensor, cutoff: number): Tensor {
  const { values } = topK(gains, cutoff);
  const total = sum(multiply(values, rankDiscounts(cutoff, cutoff)), { axes: [-1], keepDimensions: true });
  return maximum(total, constant(1e-30));
}
