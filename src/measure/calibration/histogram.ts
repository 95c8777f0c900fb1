import { z } from 'zod';
import { binOf, equalMassEdges, valueMass } from './bin-edges.ts';
import { optionError } from './calibration-error.ts';
import { calibratorHeader, headerOf } from './calibrator-header.ts';
import { checkLabelledScores, type LabelledScores } from './labelled-scores.ts';
import { requireScore, type Scores } from './score-input.ts';

/** Bins that a histogram may have. */
export const HISTOGRAM_BINS_MAX = 1000;

/** One probability a bin; bin k holds scores above `edges[k − 1]`, up to and with `edges[k]`. */
export const histogramSchema = z
  .strictObject({
    ...calibratorHeader,
    kind: z.literal('histogram'),
    edges: z.array(z.number()).max(HISTOGRAM_BINS_MAX - 1),
    probabilities: z.array(z.number().min(0).max(1)),
  })
  .refine(({ edges, probabilities }) => probabilities.length === edges.length + 1, 'one probability more than edges')
  .refine(({ edges }) => edges.every((edge, at) => at === 0 || edge > edges[at - 1]!), { path: ['edges'], error: 'ascending edges' });

/** See {@link fitHistogram}. */
export type HistogramCalibrator = Readonly<z.infer<typeof histogramSchema>>;

/**
 * Histogram binning: the mean label of each of some bins of equal weight (Zadrozny & Elkan, "Obtaining calibrated probability
 * estimates from decision trees and naive Bayesian classifiers", ICML 2001). It promises nothing of order: use it where the curve
 * is no curve. Equal scores stay together, so there are fewer bins where scores are few. O(n log n).
 *
 * @param options.bins from 1 to 1000 @default 15
 * @throws CalibrationError `CALIBRATION_OPTION` of a wrong number of bins; else as {@link checkLabelledScores}
 */
export function fitHistogram(examples: LabelledScores, options: { readonly bins?: number } = {}): HistogramCalibrator {
  const { bins = 15 } = options;
  if (!Number.isInteger(bins) || bins < 1 || bins > HISTOGRAM_BINS_MAX) {
    throw optionError('bins', bins, `a whole number from 1 to ${HISTOGRAM_BINS_MAX}`);
  }
  const { scores, input, labels, weights } = checkLabelledScores(examples);
  const edges = equalMassEdges(valueMass(scores, weights), bins);
  const sums = new Float64Array(edges.length + 1);
  const yes = new Float64Array(edges.length + 1);
  for (let at = 0; at < scores.length; at++) {
    const bin = binOf(edges, scores[at]!);
    sums[bin]! += weights[at]!;
    yes[bin]! += weights[at]! * labels[at]!;
  }
  return { ...headerOf(input), kind: 'histogram', edges, probabilities: Array.from(yes, (value, bin) => Math.min(1, value / sums[bin]!)) };
}

/** Writes the calibrated probabilities of the scores from `from` to before `to`; O(log bins) a score; see `applyCalibrator`. */
export function applyHistogram(
  { input, edges, probabilities }: HistogramCalibrator,
  scores: Scores,
  into: Scores,
  from: number,
  to: number,
): void {
  const isLogit = input === 'logit';
  for (let at = from; at < to; at++) {
    requireScore(scores[at]!, isLogit, at);
    into[at] = probabilities[binOf(edges, scores[at]!)]!;
  }
}
