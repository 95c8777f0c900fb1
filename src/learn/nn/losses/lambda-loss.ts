import { constant } from '../../tensor/leaf.ts';
import { add, divide, multiply, subtract } from '../../tensor/operators/binary.ts';
import { greater, where } from '../../tensor/operators/compare.ts';
import { stopGradient } from '../../tensor/operators/flow.ts';
import { gatherRows, takeAlongAxis, topK } from '../../tensor/operators/index-operators.ts';
import { sum } from '../../tensor/operators/reduce.ts';
import { expandDimension, slice } from '../../tensor/operators/shape.ts';
import { absolute, cast, negate, sign, softplus } from '../../tensor/operators/unary.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { gainOf, idealGain, rankDiscounts } from './ideal-gain.ts';
import { absentScore, fixedPlaces, openListBatch, type ListBatch } from './list-batch.ts';

/** Weighting and reach of {@link lambdaLoss}. */
export interface LambdaLossOptions {
  /** Share μ of the distance between ranks, from 0. 0 is LambdaRank, above it NDCG-Loss2++. @default 10, the paper's */
  readonly mu?: number;
  /** σ, above 0: how steeply a pair's probability rises with the difference of scores. @default 1 */
  readonly sigma?: number;
  /** Optimise NDCG@k: only pairs with at least one place among the k with the highest scores count; null: all. @default null */
  readonly truncation?: number | null;
}

/**
 * LambdaLoss in the form NDCG-Loss2++, and with μ = 0 LambdaRank (Wang et al. 2018, "The LambdaLoss framework for ranking
 * metric optimization"; Burges 2010):
 *
 *   ℓ = Σ_{yᵢ > yⱼ} wᵢ (ρᵢⱼ + μ δᵢⱼ) |Gᵢ − Gⱼ| log₂(1 + e^(−σ(sᵢ − sⱼ)))
 *   ρᵢⱼ = |1/D(rᵢ) − 1/D(rⱼ)|,   δᵢⱼ = 1/D(|rᵢ − rⱼ|) − 1/D(|rᵢ − rⱼ| + 1),   D(k) = log₂(1 + k),   Gᵢ = (2^yᵢ − 1)/maxDCG
 *
 * rᵢ is the rank by the scores; ranks, and so the weights of pairs, are constants to the gradient (the paper's E-step). Of
 * **equal scores** the earlier place ranks first.
 *
 * **A bound**: with weights of 1, ℓ ≥ (1 + μ)(1 − NDCG), for each of ρ and δ alone bounds 1 − NDCG. With `truncation` k,
 * ρ is that of NDCG@k (1/D is 0 beyond k) and ℓ ≥ 1 − NDCG@k; δ is kept as it is for the pairs that count, and bounds
 * nothing by itself (Jagerman et al. 2022 correct it, at the cost of all pairs). The value is no smooth function of the
 * scores: it jumps where ranks change, and where scores lie close the ideal order need not have the least value.
 *
 * allRank's `lambdaLoss` drops pairs with one place beyond k, those that NDCG@k has most to gain from, and cuts
 * probabilities off at 10⁻¹⁰, so that pairs far in the wrong order get no gradient. TF-Ranking mixes ρ and δ by one share,
 * takes natural logarithms, and divides by the sum of the pairs' weights.
 *
 * @returns `[lists]`. **Memory**: lists × places² numbers several times over (`truncation` × places where given): 32 lists
 * of 1,000 places are 128 MB each time, and a second of processor time a step
 * @throws {ShapeError} where the batch does not fit {@link ListBatch}, or the number of places is not fixed
 */
export function lambdaLoss(batch: ListBatch, options: LambdaLossOptions = {}): Tensor {
  const places = fixedPlaces('lambdaLoss', batch);
  const opened = openListBatch('lambdaLoss', batch);
  const { mu = 10, sigma = 1 } = options;
  const cutoff = Math.min(options.truncation ?? places, places);
  const { indices } = topK(where(opened.kept, opened.scores, absentScore), places);
  const ranked = (x: Tensor) => takeAlongAxis(x, indices, 1);
  // Of a pair, the row is the place that ranks higher, so rows need not go beyond the cutoff.
  const row = (x: Tensor) => expandDimension(slice(x, 1, 0, cutoff), 2);
  const column = (x: Tensor) => expandDimension(x, 1);
  const gains = gainOf(opened.labels);
  const shares = ranked(divide(gains, idealGain(gains, cutoff)));
  const weights = ranked(opened.weights);
  const kept = ranked(cast(opened.kept, 'float32'));
  const scores = ranked(opened.scores);
  const lead = subtract(row(shares), column(shares));
  const ofHigher = where(greater(lead, constant(0)), row(weights), column(weights));
  const keptPairs = multiply(multiply(row(kept), column(kept)), pairWeights(places, cutoff, mu));
  const coefficients = stopGradient(multiply(multiply(absolute(lead), ofHigher), keptPairs));
  const margins = multiply(multiply(sign(lead), constant(sigma)), subtract(row(scores), column(scores)));
  const losses = multiply(coefficients, softplus(negate(margins)));
  return opened.weightedWhereOrdered(multiply(sum(losses, { axes: [-2, -1] }), constant(1 / Math.LN2)));
}

/** ρ + μδ by the ranks of a pair, `[cutoff, places]`; 0 but where the row ranks before the column. */
function pairWeights(places: number, cutoff: number, mu: number): Tensor {
  const positions = constant(Float32Array.from({ length: places }, (_, at) => at));
  const discounts = rankDiscounts(places, cutoff);
  const distance = subtract(expandDimension(positions, 0), expandDimension(slice(positions, 0, 0, cutoff), 1));
  const rho = subtract(expandDimension(slice(discounts, 0, 0, cutoff), 1), expandDimension(discounts, 0));
  const steps = Float32Array.from({ length: places }, (_, at) => (at === 0 ? 0 : 1 / Math.log2(at + 1) - 1 / Math.log2(at + 2)));
  const delta = gatherRows(constant(steps), cast(absolute(distance), 'int32'));
  return where(greater(distance, constant(0)), add(rho, multiply(delta, constant(mu))), constant(0));
}
