import { constant } from '../../tensor/leaf.ts';
import { multiply, subtract } from '../../tensor/operators/binary.ts';
import { where } from '../../tensor/operators/compare.ts';
import { cumulativeLogSumExp } from '../../tensor/operators/cumulative-log-sum-exp.ts';
import { sum } from '../../tensor/operators/reduce.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { labelOrder, type LabelOrder } from './label-order.ts';
import { absentScore, fixedPlaces, openListBatch, type ListBatch, type OpenedListBatch } from './list-batch.ts';

/**
 * ListMLE (Xia et al. 2008, "Listwise approach to learning to rank: theory and algorithm"): the negative log-likelihood of
 * the order of the labels under the Plackett–Luce model,
 *
 *   ℓ = Σᵢ wᵢ (log Σ_{j: yⱼ ≤ yᵢ} e^sⱼ − sᵢ)
 *
 * which is the paper's Σₖ (log Σ_{m ≥ k} e^s_π(m) − s_π(k)) where all labels differ.
 *
 * **Ties**: the paper has none, impressions have little else. Equal labels share one denominator, that of all places from
 * their label down (Breslow 1974, for the partial likelihood of Cox, which this is). So no order is made up among places
 * that the labels do not order; the loss is never below the paper's for any order of the ties, and needs no sum over orders and
 * no draw of one. allRank's and TF-Ranking's shuffle ties at every step: noise in place of a made-up order. Both also sum
 * exponentials below one maximum, which loses places far under it (allRank adds 10⁻¹⁰ there), and in TF-Ranking's padding
 * adds terms of its own. Here nothing is lost at any distance between scores.
 *
 * A sum over places as in the paper: it grows with the list's length.
 *
 * @returns `[lists]`. Cost: a sort, and log₂ places passes over the places
 * @throws {ShapeError} where the batch does not fit {@link ListBatch}, or the number of places is not fixed
 */
export function listMleLoss(batch: ListBatch): Tensor {
  const places = fixedPlaces('listMleLoss', batch);
  const opened = openListBatch('listMleLoss', batch);
  return opened.weightedWhereOrdered(sum(placementTerms(opened, labelOrder(opened, places)), { axes: [-1] }));
}

/** wᵢ (log Σ_{j: yⱼ ≤ yᵢ} e^sⱼ − sᵢ) for each place from the highest label down, 0 for padding. */
export function placementTerms(opened: OpenedListBatch, order: LabelOrder): Tensor {
  const scores = order.inOrder(where(opened.kept, opened.scores, absentScore));
  const denominators = order.firstOfTies(cumulativeLogSumExp(scores, 1, { reverse: true }));
  const terms = where(order.inOrder(opened.kept), subtract(denominators, scores), constant(0));
  return multiply(order.inOrder(opened.weights), terms);
}
