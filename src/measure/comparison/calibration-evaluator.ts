import { binOf, equalMassEdges, equalWidthEdges } from '../calibration/bin-edges.ts';
import { debiasedCalibrationError, expectedCalibrationError, type BinMeans } from '../calibration/expected-calibration-error.ts';
import type { CellData } from './cell-data.ts';
import type { Evaluator } from './evaluator.ts';

/**
 * Expected calibration error of the cell's probabilities over bins of equal mass (plain and debiased) or of equal width (plain), as
 * `measureCalibration`. What one user does is not independent: the noise that the debiased ECE takes off is that between users (see
 * {@link effectiveCountOf}), and where each user has one place in a bin the two are nearly one. The bins are those of the whole cell and are held in resamples. What a user has in a bin is summed once; a resample
 * costs O(pairs of bin and user).
 */
export function calibrationEvaluator(data: CellData, binning: 'equal-mass' | 'equal-width', bins: number): Evaluator {
  const { order, scores, labels, users, userCount } = data;
  const edges = binning === 'equal-width' ? equalWidthEdges(bins) : equalMassEdges(massOf(data), bins);
  const binCount = edges.length + 1;
  const [pairUsers, counts, probabilities, positives] = [new Int32Array(order.length), ...emptyColumns(order.length)];
  const binEnds = new Int32Array(binCount);
  const slots = new Int32Array(userCount).fill(-1);
  let [pairs, bin, binStart] = [0, 0, 0];
  for (let place = 0; place < order.length; place++) {
    const row = order[place]!;
    const own = binOf(edges, scores[row]!);
    // Rows ascend by score, and so do their bins: slots from before this bin's start are another bin's.
    for (; bin < own; bin++) binEnds[bin] = pairs;
    if (place === 0 || own !== binOf(edges, scores[order[place - 1]!]!)) binStart = pairs;
    const user = users[row]!;
    if (slots[user]! < binStart) {
      slots[user] = pairs;
      pairUsers[pairs++] = user;
    }
    const slot = slots[user]!;
    counts[slot]!++;
    probabilities[slot]! += scores[row]!;
    positives[slot]! += labels[row]!;
  }
  for (; bin < binCount; bin++) binEnds[bin] = pairs;

  const means = (draws: Int32Array): BinMeans[] => {
    const found: BinMeans[] = [];
    let pair = 0;
    for (let at = 0; at < binCount; at++) {
      let [weight, probability, positive, clusters, residuals, products, squares] = [0, 0, 0, 0, 0, 0, 0];
      for (; pair < binEnds[at]!; pair++) {
        const times = draws[pairUsers[pair]!]!;
        weight += times * counts[pair]!;
        probability += times * probabilities[pair]!;
        positive += times * positives[pair]!;
        const residual = positives[pair]! - probabilities[pair]!;
        clusters += times;
        residuals += times * residual * residual;
        products += times * residual * counts[pair]!;
        squares += times * counts[pair]! * counts[pair]!;
      }
      if (weight > 0) {
        const [meanProbability, meanLabel] = [probability / weight, positive / weight];
        const bias = meanLabel - meanProbability;
        const deviations = residuals - 2 * bias * products + bias * bias * squares;
        found.push({ weight, meanProbability, meanLabel, effectiveCount: effectiveCountOf(meanLabel, weight, clusters, deviations) });
      }
    }
    return found;
  };
  if (binning === 'equal-width') {
    return {
      metrics: ['equal-width ECE'],
      evaluate(draws, into, at) {
        into[at] = expectedCalibrationError(means(draws));
      },
    };
  }
  return {
    metrics: ['ECE', 'debiased ECE'],
    evaluate(draws, into, at) {
      const own = means(draws);
      into[at] = expectedCalibrationError(own);
      into[at + 1] = debiasedCalibrationError(own);
    },
  };
}

/**
 * So many independent places would leave the mean label − mean probability of a bin as uncertain as its users do: mean label ·
 * (1 − mean label) over the variance of a mean over clusters, users / (users − 1) · Σ (own residuals − own places · mean residual)² / places²
 * (Liang & Zeger 1986, "Longitudinal data analysis using generalized linear models", the sandwich with clusters).
 *
 * @param deviations the sum, over users
 */
function effectiveCountOf(meanLabel: number, places: number, users: number, deviations: number): number {
  // Of one user nothing is known of others; and rounding is no noise.
  if (users < 2 || !(deviations > 1e-9)) return places;
  const variance = ((users / (users - 1)) * deviations) / (places * places);
  return (meanLabel * (1 - meanLabel)) / variance;
}

function emptyColumns(length: number): [Float64Array, Float64Array, Float64Array] {
  return [new Float64Array(length), new Float64Array(length), new Float64Array(length)];
}

/** Different scores and how many places have each, from the order that is there already. */
function massOf({ order, scores }: CellData) {
  const values = new Float64Array(order.length);
  const weights = new Float64Array(order.length);
  let count = 0;
  for (const row of order) {
    if (count === 0 || scores[row] !== values[count - 1]) values[count++] = scores[row]!;
    weights[count - 1]!++;
  }
  return { values: values.subarray(0, count), weights: weights.subarray(0, count), totalWeight: order.length };
}
