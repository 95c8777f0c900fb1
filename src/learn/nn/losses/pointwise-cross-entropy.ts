import { constant } from '../../tensor/leaf.ts';
import { binaryCrossEntropyWithLogits } from '../../tensor/operators/binary-cross-entropy-with-logits.ts';
import { divide, minimum, multiply } from '../../tensor/operators/binary.ts';
import { sum } from '../../tensor/operators/reduce.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { openListBatch, type ListBatch } from './list-batch.ts';

/**
 * Binary cross-entropy over impressions, each by itself (McMahan et al. 2013, "Ad click prediction", §3):
 *
 *   ℓ = 1/n Σᵢ wᵢ (−yᵢ log σ(sᵢ) − (1 − yᵢ) log(1 − σ(sᵢ)))
 *
 * with n the kept places (not Σ wᵢ, so that inverse propensities leave it unbiased). σ(s) estimates a probability: this is
 * the loss to calibrate by. A label is min(y, 1): soft labels in [0, 1] stay as they are, and every grade from 1 up is a
 * positive. Lists without a positive count: all impressions bear on a probability.
 *
 * The mean over lists gives each list the same say. For the mean over impressions, which differs where lists are of
 * different lengths, give n as the list's weight and divide by the mean of n.
 *
 * TF-Ranking's `SigmoidCrossEntropyLoss` divides by Σ wᵢ; allRank's `bce` takes probabilities and sums over places.
 *
 * @returns `[lists]`. Cost: one pass over the places; any number of places, also a symbolic one
 * @throws {ShapeError} where the batch does not fit {@link ListBatch}
 */
export function pointwiseCrossEntropyLoss(batch: ListBatch): Tensor {
  const { scores, labels, weights, count, weighted } = openListBatch('pointwiseCrossEntropyLoss', batch);
  const terms = binaryCrossEntropyWithLogits(scores, minimum(labels, constant(1)));
  return weighted(divide(sum(multiply(weights, terms), { axes: [-1] }), count));
}
