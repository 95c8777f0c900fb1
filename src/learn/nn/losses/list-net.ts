import { multiply } from '../../tensor/operators/binary.ts';
import { maskedSoftmax } from '../../tensor/operators/masked-softmax.ts';
import { sum } from '../../tensor/operators/reduce.ts';
import { negate } from '../../tensor/operators/unary.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { openListBatch, type ListBatch } from './list-batch.ts';
import { logShares } from './list-softmax.ts';

/**
 * ListNet with top-one probabilities (Cao et al. 2007, "Learning to rank: from pairwise approach to listwise approach"):
 * the cross-entropy between the chances of being ranked first under the labels and under the scores,
 *
 *   ℓ = −Σᵢ wᵢ P_y(i) log P_s(i),   P_z(i) = e^zᵢ / Σⱼ e^zⱼ
 *
 * The scores are pulled toward the labels themselves, up to a number added to the whole list: least at s = y + c, where
 * its value is the entropy of P_y, not 0. With clicks a clicked place is therefore meant to be e times as likely as
 * another, no more: over long lists the target is nearly flat (multiply labels by a factor to sharpen it).
 *
 * allRank's `listNet` adds 10⁻¹⁰ inside the logarithm, which puts a floor under it; here nothing is added. It counts lists
 * without a positive, whose target is uniform; here they give 0.
 *
 * @returns `[lists]`. Cost: two softmaxes; any number of places, also a symbolic one
 * @throws {ShapeError} where the batch does not fit {@link ListBatch}
 */
export function listNetLoss(batch: ListBatch): Tensor {
  const { kept, scores, labels, weights, weightedWhereOrdered } = openListBatch('listNetLoss', batch);
  const target = maskedSoftmax(labels, kept);
  return weightedWhereOrdered(negate(sum(multiply(multiply(weights, target), logShares(kept, scores)), { axes: [-1] })));
}
