import { binOf, equalMassEdges, equalWidthEdges } from '../calibration/bin-edges.ts';
import { debiasedCalibrationError, expectedCalibrationError, type BinMeans } from '../calibration/expected-calibration-error.ts';
import type { CellData } from './cell-data.ts';
import type { Evaluator } from './evaluator.ts';

/**
 * Expected calibration error of the cell's probabilities over bins of equal mass (plain and debiased) or of equal width (plain), as
 * `measureCalibration`. The bins are those of the whole cell and are held in resamples. What a user has in a bin is summed once; a resample
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
      let [weight, probability, positive] = [0, 0, 0];
      for (; pair < binEnds[at]!; pair++) {
        const times = draws[pairUsers[pair]!]!;
        weight += times * counts[pair]!;
        probability += times * probabilities[pair]!;
        positive += times * positives[pair]!;
      }
      if (weight > 0) {
        found.push({ weight, meanProbability: probability / weight, meanLabel: positive / weight, effectiveCount: weight });
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
