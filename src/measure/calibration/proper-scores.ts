import { checkLabelledScores, type CheckedScores, type LabelledScores } from './labelled-scores.ts';
import { binEdges, fillBins, type BinningOptions } from './score-bins.ts';
import { binOf } from './bin-edges.ts';
import { logOdds, probabilitiesOf, softplus } from './score-input.ts';

/**
 * Mean of −log(probability of what came true). Of logits it is exact at any size; probabilities are cut to 1e-12 and 1 − 1e-12, as for the
 * fits of calibrators, so a certain and wrong one costs 27.6. The `logLoss` of `learn` takes probabilities alone, of any array, and cuts
 * them at 2.2e-16 as scikit-learn does, where such a one costs 36.0: between the cuts the two agree.
 *
 * @throws CalibrationError as `checkLabelledScores`
 */
export function logLoss(examples: LabelledScores): number {
  const checked = checkLabelledScores(examples);
  return weightedMean(exampleLosses(checked), checked);
}

/** The log loss of each example. */
export function exampleLosses({ scores, input, labels }: CheckedScores): Float64Array {
  return scores.map((score, at) => {
    const logit = input === 'logit' ? score : logOdds(score);
    return softplus(labels[at] === 1 ? -logit : logit);
  });
}

/**
 * Mean of (probability − label)² (Brier 1950).
 *
 * @throws CalibrationError as `checkLabelledScores`
 */
export function brierScore(examples: LabelledScores): number {
  const checked = checkLabelledScores(examples);
  return weightedMean(exampleSquares(checked), checked);
}

/** The squared error of each example. */
export function exampleSquares({ scores, input, labels }: CheckedScores): Float64Array {
  return probabilitiesOf(scores, input).map((probability, at) => (probability - labels[at]!) ** 2);
}

/** Σ w v / Σ w. */
export function weightedMean(values: Float64Array, { weights, totalWeight }: CheckedScores): number {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += weights[at]! * values[at]!;
  return sum / totalWeight;
}

/** Where a Brier score comes from: brier = reliability − resolution + uncertainty + withinBins. */
export interface BrierDecomposition {
  readonly brier: number;
  /** Σ share · (mean probability − mean label)²: what calibration could mend. 0 is best. */
  readonly reliability: number;
  /** Σ share · (mean label − overall mean label)²: how far the bins tell examples apart. High is good. */
  readonly resolution: number;
  /** Overall mean label · (1 − it): what nothing can change. */
  readonly uncertainty: number;
  /** What the bins hide: Σ of (p − mean p)² − 2 (p − mean p)(y − mean y) inside them, per weight. 0 where a bin's probabilities are equal. */
  readonly withinBins: number;
}

/**
 * Decomposes the Brier score (Murphy, "A new vector partition of the probability score", Journal of Applied Meteorology 12, 1973), with
 * the two terms within bins of Stephenson, Coelho & Jolliffe ("Two extra components in the Brier score decomposition", Weather and
 * Forecasting 23, 2008), so that it adds up exactly for any bins.
 *
 * @throws CalibrationError as `binScores`
 */
export function decomposeBrier(examples: LabelledScores, options: BinningOptions = {}): BrierDecomposition {
  const checked = checkLabelledScores(examples);
  const { labels, weights, totalWeight } = checked;
  const probabilities = probabilitiesOf(checked.scores, checked.input);
  const edges = binEdges(checked, options);
  const bins = fillBins(checked, probabilities, edges);
  const base = weightedMean(labels, checked);
  let reliability = 0;
  let resolution = 0;
  const meanProbability = new Float64Array(edges.length + 1);
  const meanLabel = new Float64Array(edges.length + 1);
  for (const bin of bins) {
    const share = bin.weight / totalWeight;
    reliability += share * (bin.meanProbability - bin.meanLabel) ** 2;
    resolution += share * (bin.meanLabel - base) ** 2;
    const at = binOf(edges, bin.high);
    meanProbability[at] = bin.meanProbability;
    meanLabel[at] = bin.meanLabel;
  }
  let withinBins = 0;
  for (let at = 0; at < probabilities.length; at++) {
    const bin = binOf(edges, probabilities[at]!);
    const apart = probabilities[at]! - meanProbability[bin]!;
    withinBins += (weights[at]! / totalWeight) * apart * (apart - 2 * (labels[at]! - meanLabel[bin]!));
  }
  const brier = weightedMean(exampleSquares(checked), checked);
  return { brier, reliability, resolution, uncertainty: base * (1 - base), withinBins };
}
