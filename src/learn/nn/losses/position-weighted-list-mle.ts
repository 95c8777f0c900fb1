import { constant } from '../../tensor/leaf.ts';
import { divide, maximum, multiply, subtract } from '../../tensor/operators/binary.ts';
import { sum } from '../../tensor/operators/reduce.ts';
import { expandDimension } from '../../tensor/operators/shape.ts';
import { exp } from '../../tensor/operators/unary.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { labelOrder } from './label-order.ts';
import { fixedPlaces, openListBatch, type ListBatch } from './list-batch.ts';
import { placementTerms } from './list-mle.ts';

/** How much each position of the labels' order counts. */
export interface PositionWeightedListMleOptions {
  /**
   * `exponential`: 2^(n − k) − 1 at position k of n, the paper's. `logarithmic`: 1 / log₂(1 + k), the discount of NDCG.
   * Both scaled so that the first position counts 1; the paper's own numbers overflow float32 beyond 128 places.
   *
   * @default 'exponential'
   */
  readonly discount?: 'exponential' | 'logarithmic';
}

/**
 * Position-aware ListMLE, p-ListMLE (Lan et al. 2014, "Position-aware ListMLE: a sequential learning process for
 * ranking"): {@link listMleLoss} with a weight for each step of the order, so that the top counts most,
 *
 *   ℓ = Σₖ α(k) w_π(k) (log Σ_{m: y_m ≤ y_π(k)} e^s_m − s_π(k)),   α(k) = (2^(n − k) − 1) / (2^(n − 1) − 1)
 *
 * n being the kept places of the list. **Ties** share their denominator, as in ListMLE, and the mean of α over the
 * positions that they take up together. With `exponential` half of all weight lies on the first position and next to none
 * beyond the tenth: with one click, its term is that of {@link listSoftmaxLoss}, and the places below add little.
 *
 * TF-Ranking has it as `ListMLELambdaWeight` with any discount, ties shuffled; allRank has none.
 *
 * @returns `[lists]`. Cost: that of ListMLE
 * @throws {ShapeError} where the batch does not fit {@link ListBatch}, or the number of places is not fixed
 */
export function positionWeightedListMleLoss(batch: ListBatch, options: PositionWeightedListMleOptions = {}): Tensor {
  const places = fixedPlaces('positionWeightedListMleLoss', batch);
  const opened = openListBatch('positionWeightedListMleLoss', batch);
  const order = labelOrder(opened, places);
  const alpha = positionWeights(options.discount ?? 'exponential', places, expandDimension(opened.count, 1));
  const terms = multiply(order.meanOfTies(alpha), placementTerms(opened, order));
  return opened.weightedWhereOrdered(sum(terms, { axes: [-1] }));
}

/** α of each position, `[lists, places]` or `[1, places]`, in lists of `count` `[lists, 1]` places; of no meaning beyond `count`. */
function positionWeights(discount: 'exponential' | 'logarithmic', places: number, count: Tensor): Tensor {
  const at = (weight: (position: number) => number) => constant(Float32Array.from({ length: places }, (_, index) => weight(index + 1)));
  if (discount === 'logarithmic')
    return expandDimension(
      at((position) => 1 / Math.log2(1 + position)),
      0,
    );
  // Both sides of the fraction over 2^(n − 1).
  const halvings = expandDimension(
    at((position) => 2 ** (1 - position)),
    0,
  );
  const last = exp(multiply(subtract(constant(1), count), constant(Math.LN2)));
  return divide(subtract(halvings, last), maximum(subtract(constant(1), last), constant(0.5)));
}
