import { z } from 'zod';
import { calibratorHeader, headerOf } from './calibrator-header.ts';
import { checkLabelledScores, type LabelledScores } from './labelled-scores.ts';
import { fitLogistic } from './logistic-regression.ts';
import { logOddsOf, requireScore, servingLogOdds, type Scores } from './score-input.ts';

/** p = 1 / (1 + e^−(slope · z + intercept)), z the score as log-odds. */
export const plattSchema = z.strictObject({
  ...calibratorHeader,
  kind: z.literal('platt'),
  slope: z.number(),
  intercept: z.number(),
});

/** See {@link fitPlatt}. */
export type PlattCalibrator = Readonly<z.infer<typeof plattSchema>>;

/**
 * Platt scaling: a logistic regression on the log-odds (J. Platt, "Probabilistic outputs for support vector machines", 1999;
 * fitted as in Lin, Lin & Weng 2007, see {@link fitLogistic}). Two numbers, so a few hundred examples do.
 *
 * With target smoothing the labels are (N₊ + 1) / (N₊ + 2) and 1 / (N₋ + 2) in place of 1 and 0 (Platt's equation for the
 * posterior under a uniform prior; N are sums of weights), which holds the fit back where labels are few or of one class. A
 * negative slope is possible: the scores rank backwards.
 *
 * Probabilities are taken as log-odds first, so slope 1 and intercept 0 always change nothing. O(examples) an iteration, some ten.
 *
 * @param options.targetSmoothing @default true
 * @throws CalibrationError as {@link checkLabelledScores}
 */
export function fitPlatt(examples: LabelledScores, options: { readonly targetSmoothing?: boolean } = {}): PlattCalibrator {
  const { scores, input, labels, weights, totalWeight } = checkLabelledScores(examples);
  let positives = 0;
  for (let at = 0; at < labels.length; at++) positives += weights[at]! * labels[at]!;
  const smooth = options.targetSmoothing ?? true;
  const high = smooth ? (positives + 1) / (positives + 2) : 1;
  const low = smooth ? 1 / (totalWeight - positives + 2) : 0;
  const { coefficients } = fitLogistic({
    columns: [logOddsOf(scores, input), new Float64Array(scores.length).fill(1)],
    targets: labels.map((label) => (label === 1 ? high : low)),
    weights,
    totalWeight,
    identity: [1, 0],
  });
  return { ...headerOf(input), kind: 'platt', slope: coefficients[0]!, intercept: coefficients[1]! };
}

/** Writes the calibrated probabilities of the scores from `from` to before `to`; see `applyCalibrator`. */
export function applyPlatt({ input, slope, intercept }: PlattCalibrator, scores: Scores, into: Scores, from: number, to: number): void {
  const isLogit = input === 'logit';
  for (let at = from; at < to; at++) {
    requireScore(scores[at]!, isLogit, at);
    const logit = isLogit ? scores[at]! : servingLogOdds(scores[at]!);
    into[at] = 1 / (1 + Math.exp(-slope * logit - intercept));
  }
}
