import { constant } from '../../tensor/leaf.ts';
import { divide, maximum, multiply } from '../../tensor/operators/binary.ts';
import { where } from '../../tensor/operators/compare.ts';
import { logSoftmax } from '../../tensor/operators/normalize.ts';
import { sum } from '../../tensor/operators/reduce.ts';
import { negate } from '../../tensor/operators/unary.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { absentScore, openListBatch, type ListBatch } from './list-batch.ts';

/**
 * Softmax cross-entropy over the impression list:
 *
 *   ℓ = −Σᵢ wᵢ (yᵢ / Σⱼ yⱼ) log (e^sᵢ / Σⱼ e^sⱼ)
 *
 * Of the usual definitions for graded labels this is the one whose target is each label's share of the list's labels
 * (Bruch et al. 2019, "An analysis of the softmax cost function for learning to rank"); not their exponentials, as in
 * ListNet, and not 2^y − 1. With clicks it is −log softmax averaged over the clicked places, and with one click the plain
 * softmax loss. The other usual definition sums over positives instead of averaging: give Σⱼ yⱼ as the list's weight. With
 * binary labels it bounds the mean reciprocal rank and NDCG (same paper).
 *
 * It does not see a number added to all scores of a list: σ(s) is no probability.
 *
 * TF-Ranking's `SoftmaxLoss` multiplies labels by weights before it normalises, and gives Σ wy as a list's weight.
 *
 * @returns `[lists]`. Cost: one softmax; any number of places, also a symbolic one
 * @throws {ShapeError} where the batch does not fit {@link ListBatch}
 */
export function listSoftmaxLoss(batch: ListBatch): Tensor {
  const { kept, scores, labels, weights, weightedWhereOrdered } = openListBatch('listSoftmaxLoss', batch);
  const total = sum(labels, { axes: [-1], keepDimensions: true });
  // The floor is for lists without a label, whose value is not used, but whose gradient must be a number.
  const target = divide(labels, maximum(total, constant(1e-30)));
  return weightedWhereOrdered(negate(sum(multiply(multiply(weights, target), logShares(kept, scores)), { axes: [-1] })));
}

/** log softmax over the places that are kept, 0 at the others. */
export function logShares(kept: Tensor, scores: Tensor): Tensor {
  return where(kept, logSoftmax(where(kept, scores, absentScore)), constant(0));
}
