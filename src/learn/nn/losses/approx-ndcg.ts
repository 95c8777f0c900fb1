import { constant } from '../../tensor/leaf.ts';
import { add, divide, multiply, subtract } from '../../tensor/operators/binary.ts';
import { sum } from '../../tensor/operators/reduce.ts';
import { expandDimension } from '../../tensor/operators/shape.ts';
import { cast, log, reciprocal, sigmoid } from '../../tensor/operators/unary.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { gainOf, idealGain, rankDiscounts } from './ideal-gain.ts';
import { labelOrder } from './label-order.ts';
import { fixedPlaces, openListBatch, type ListBatch } from './list-batch.ts';

/** How closely ranks are approximated, and of how many places. */
export interface ApproxNdcgOptions {
  /**
   * T, above 0, in units of the scores. Small: close to NDCG, and no gradient but between neighbours; large: smooth and
   * far from it. @default 0.1, TF-Ranking's
   */
  readonly temperature?: number;
  /**
   * Only the so many places with the highest labels bring in gain, in the loss and in the ideal; null: all. No change where
   * no list has more positives. Where the cut goes through equal labels, the earlier places are kept. @default null
   */
  readonly truncation?: number | null;
}

/**
 * ApproxNDCG (Qin, Liu & Li 2010, "A general approximation framework for direct optimization of information retrieval
 * measures"; Bruch et al. 2019, "Revisiting approximate metric optimization in the age of deep neural networks"): 1 − NDCG
 * with each rank made smooth,
 *
 *   ℓ = Σᵢ wᵢ Gᵢ (1/D*ᵢ − 1/log₂(1 + r̂ᵢ)),   r̂ᵢ = 1 + Σ_{j ≠ i} σ((sⱼ − sᵢ)/T),   Gᵢ = (2^yᵢ − 1)/maxDCG
 *
 * D*ᵢ is the discount in the ideal order, its mean over equal labels; with weights 1 the first part is 1. As T falls it
 * becomes 1 − NDCG; **equal scores** share the mean of their ranks, which NDCG itself does not. It is bounded, not convex,
 * and flat where scores lie many T apart: a place that ranks low by a wide margin gets next to no gradient. Measured: of
 * 200 lists of six places with grades 0 to 3 and normal scores, descent on the scores alone (20,000 steps of 0.5) brings
 * NDCG from .750 to .950 with T = 0.1, .981 with 0.5, .997 with 1, and 1 with 3. A
 * network trained with it from scratch stays behind the other losses, the more so with more data (`bench/losses`): train
 * with another first.
 *
 * allRank's and TF-Ranking's give −NDCG, from −1 to 0. allRank takes T = 1 and no sigmoid below 10⁻¹⁰, TF-Ranking T = 0.1.
 *
 * @returns `[lists]`. **Memory**: lists × places² numbers several times over (places × `truncation` where given): 32 lists
 * of 1,000 places are 128 MB each time, and a third of a second of processor time a step
 * @throws {ShapeError} where the batch does not fit {@link ListBatch}, or the number of places is not fixed
 */
export function approxNdcgLoss(batch: ListBatch, options: ApproxNdcgOptions = {}): Tensor {
  const places = fixedPlaces('approxNdcgLoss', batch);
  const opened = openListBatch('approxNdcgLoss', batch);
  const { kept, scores, labels, weights } = opened;
  // Only places that bring in gain need a rank: rows are those with the highest labels.
  const rows = Math.min(options.truncation ?? places, places);
  const order = labelOrder(opened, rows);
  const differences = subtract(expandDimension(scores, 1), expandDimension(order.inOrder(scores), 2));
  const above = multiply(
    sigmoid(multiply(differences, constant(1 / (options.temperature ?? 0.1)))),
    expandDimension(cast(kept, 'float32'), 1),
  );
  // The place itself is in the sum, with σ(0) = ½.
  const ranks = add(sum(above, { axes: [-1] }), constant(0.5));
  const gains = gainOf(labels);
  const shares = divide(multiply(order.inOrder(weights), order.inOrder(gains)), idealGain(gains, rows));
  const discounts = multiply(reciprocal(log(add(ranks, constant(1)))), constant(Math.LN2));
  const ideal = order.meanOfTies(rankDiscounts(rows, rows));
  return opened.weightedWhereOrdered(sum(multiply(shares, subtract(ideal, discounts)), { axes: [-1] }));
}
