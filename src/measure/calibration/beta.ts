import { z } from 'zod';
import { optionError } from './calibration-error.ts';
import { calibratorHeader, headerOf } from './calibrator-header.ts';
import { checkLabelledScores, type CheckedScores, type LabelledScores } from './labelled-scores.ts';
import { fitLogistic } from './logistic-regression.ts';
import { logOddsOf, requireScore, servingLogOdds, softplus, type Scores } from './score-input.ts';

const variants = ['abm', 'am', 'ab'] as const;

/** Which of the three numbers are free: all (`abm`), with a = b (`am`), or with the midpoint m at ½ (`ab`). */
export type BetaVariant = (typeof variants)[number];

/** log(p / (1 − p)) = a ln s − b ln(1 − s) + c, s the score as probability. */
export const betaSchema = z.strictObject({
  ...calibratorHeader,
  kind: z.literal('beta'),
  variant: z.enum(variants),
  a: z.number().nonnegative(),
  b: z.number().nonnegative(),
  c: z.number(),
});

/** See {@link fitBeta}. */
export type BetaCalibrator = Readonly<z.infer<typeof betaSchema>>;

/**
 * Beta calibration (Kull, Silva Filho & Flach, "Beta calibration: a well-founded and easily implemented improvement on logistic
 * calibration for binary classifiers", AISTATS 2017): log(p / (1 − p)) = a ln s − b ln(1 − s) + c with a, b ≥ 0, the family that
 * holds when the scores of each class follow a beta distribution. It contains the identity (1, 1, 0) and, unlike a line in the
 * log-odds, can bend each of the two ends by itself.
 *
 * Where the best a or b would be negative the constrained best is taken, so the map never falls. The midpoint m, the score that
 * becomes ½, follows from c = b ln(1 − m) − a ln m (their section 3.3).
 *
 * @param options.variant @default 'abm'
 * @throws CalibrationError `CALIBRATION_OPTION` of an unknown variant; else as {@link checkLabelledScores}
 */
export function fitBeta(examples: LabelledScores, options: { readonly variant?: BetaVariant } = {}): BetaCalibrator {
  const { variant = 'abm' } = options;
  if (!variants.includes(variant)) throw optionError('variant', variant, `one of ${variants.join(', ')}`);
  const checked = checkLabelledScores(examples);
  const logits = logOddsOf(checked.scores, checked.input);
  const ones = new Float64Array(logits.length).fill(1);
  const header = { ...headerOf(checked.input), kind: 'beta', variant } as const;
  if (variant === 'am') {
    const [slope, c] = fitNonNegative(checked, [logits, ones], [1, 0], 1) as [number, number];
    return { ...header, a: slope, b: slope, c };
  }
  const logYes = logits.map((logit) => -softplus(-logit));
  const minusLogNo = logits.map(softplus);
  if (variant === 'abm') {
    const [a, b, c] = fitNonNegative(checked, [logYes, minusLogNo, ones], [1, 1, 0], 2) as [number, number, number];
    return { ...header, a, b, c };
  }
  // With m = ½, c = (a − b) ln 2: no column of its own, but ln 2s and −ln 2(1 − s) in place of ln s and −ln(1 − s).
  const columns = [logYes.map((value) => value + Math.LN2), minusLogNo.map((value) => value - Math.LN2)];
  const [a, b] = fitNonNegative(checked, columns, [1, 1], 2) as [number, number];
  return { ...header, a, b, c: (a - b) * Math.LN2 };
}

/**
 * The best coefficients of which the first `bounded` (one or two) are at least 0. The loss is convex: if the free optimum breaks a
 * bound, the constrained one lies where some bounded coefficient is 0.
 */
function fitNonNegative(examples: CheckedScores, columns: readonly Float64Array[], identity: readonly number[], bounded: number): number[] {
  const { labels: targets, weights, totalWeight } = examples;
  let best: { coefficients: number[]; loss: number } | null = null;
  // All free; then with one coefficient at nought, then with all of them.
  const faces = bounded === 1 ? [[], [0]] : [[], [0], [1], [0, 1]];
  for (const zeros of faces) {
    const free = columns.map((_, at) => at).filter((at) => !zeros.includes(at));
    const fit =
      free.length === 0
        ? { coefficients: [], loss: Math.LN2 }
        : fitLogistic({
            columns: free.map((at) => columns[at]!),
            targets,
            weights,
            totalWeight,
            identity: free.map((at) => identity[at]!),
          });
    const coefficients = columns.map((_, at) => fit.coefficients[free.indexOf(at)] ?? 0);
    if (coefficients.some((value, at) => at < bounded && value < 0)) continue;
    if (zeros.length === 0) return coefficients;
    if (best === null || fit.loss < best.loss) best = { coefficients, loss: fit.loss };
  }
  return best!.coefficients;
}

/** Writes the calibrated probabilities of the scores from `from` to before `to`; see `applyCalibrator`. */
export function applyBeta({ input, a, b, c }: BetaCalibrator, scores: Scores, into: Scores, from: number, to: number): void {
  const isLogit = input === 'logit';
  for (let at = from; at < to; at++) {
    requireScore(scores[at]!, isLogit, at);
    const logit = isLogit ? scores[at]! : servingLogOdds(scores[at]!);
    // −ln of the larger of s and 1 − s; of the smaller it is |z| more.
    const lesser = Math.log1p(Math.exp(-Math.abs(logit)));
    const minusLogYes = logit > 0 ? lesser : lesser - logit;
    const minusLogNo = logit > 0 ? lesser + logit : lesser;
    into[at] = 1 / (1 + Math.exp(a * minusLogYes - b * minusLogNo - c));
  }
}
