import { exp, log } from '../../base/portable-math.ts';
import { checkWeights, doubles, examplesError, requireInput, requireLength, type Labels, type LabelledScores } from './labelled-scores.ts';
import { PROBABILITY_FLOOR, requireScore, type ScoreInput, type Scores } from './score-input.ts';

/** Scores of several classes, of which one comes true. */
export interface LabelledClasses {
  /** `[examples, classes]`. Probabilities add up to 1 in a row, within 0.001; log-probabilities are logits. */
  readonly scores: Scores;
  /** How many classes; from 2. */
  readonly classes: number;
  readonly input: ScoreInput;
  /** `[examples]`, the class from 0 to classes − 1 */
  readonly labels: Labels;
  /** `[examples]` as in {@link LabelledScores} */
  readonly weights?: Scores;
}

/** {@link LabelledClasses} after the boundary: as logits, checked. */
export interface CheckedClasses {
  /** `[examples, classes]`; logarithms where probabilities were given */
  readonly logits: Float64Array;
  readonly classes: number;
  readonly labels: Float64Array;
  readonly weights: Float64Array;
  readonly totalWeight: number;
}

/**
 * Checks examples of several classes once. O(examples × classes).
 *
 * @throws CalibrationError `CALIBRATION_EXAMPLES` when there are none, shapes differ, a label is no class, a weight is negative or not
 *   finite, or a row of probabilities does not add up to 1; `CALIBRATION_SCORE` when a score is not of its kind
 */
export function checkLabelledClasses({ scores, classes, input, labels, weights }: LabelledClasses): CheckedClasses {
  requireInput(input);
  requireClasses(classes);
  if (scores.length === 0) throw examplesError('there are no examples: calibration needs at least one row of scores with its label');
  requireLength('scores', scores.length, labels.length * classes);
  const isLogit = input === 'logit';
  for (let at = 0; at < labels.length; at++) {
    requireRow(scores, at, classes, isLogit);
    const label = labels[at]!;
    if (!(label >= 0 && label < classes && Number.isInteger(label))) {
      throw examplesError(`label ${at} is ${label}: give a class from 0 to ${classes - 1}`, { at, label });
    }
  }
  const logits = isLogit ? doubles(scores) : Float64Array.from(scores, (score) => log(Math.max(score, PROBABILITY_FLOOR)));
  return { logits, classes, labels: doubles(labels), ...checkWeights(weights, labels.length) };
}

/** Refuses a number of classes. @throws CalibrationError `CALIBRATION_EXAMPLES` */
function requireClasses(classes: number): void {
  if (!Number.isInteger(classes) || classes < 2) throw examplesError(`classes is ${classes}: give a whole number from 2`, { classes });
}

/** Refuses a row of scores that are not of their kind. @throws CalibrationError */
export function requireRow(scores: Scores, row: number, classes: number, isLogit: boolean): void {
  let sum = 0;
  for (let at = row * classes; at < (row + 1) * classes; at++) {
    requireScore(scores[at]!, isLogit, at);
    sum += scores[at]!;
  }
  if (!isLogit && Math.abs(sum - 1) > 1e-3) {
    throw examplesError(`the probabilities of row ${row} add up to ${sum}: they must add up to 1`, { row, sum });
  }
}

/**
 * The most probable class of each row as a yes-or-no score: its probability, and whether it came true. What holds of
 * {@link LabelledScores} — measures, diagrams, calibrators — then holds of the top label (Guo et al. 2017). Of equal classes the first.
 *
 * @throws CalibrationError as {@link checkLabelledClasses}
 */
export function topLabel(examples: LabelledClasses): LabelledScores {
  const { logits, classes, labels, weights } = checkLabelledClasses(examples);
  const scores = new Float64Array(labels.length);
  const correct = new Uint8Array(labels.length);
  for (let row = 0; row < labels.length; row++) {
    let top = row * classes;
    for (let at = top + 1; at < (row + 1) * classes; at++) if (logits[at]! > logits[top]!) top = at;
    // Given probabilities are passed on as they are, not by way of their logarithms.
    scores[row] = examples.input === 'probability' ? examples.scores[top]! : exp(logits[top]! - logSumExp(logits, row, classes, 1));
    correct[row] = top - row * classes === labels[row]! ? 1 : 0;
  }
  return { scores, input: 'probability', labels: correct, weights };
}

/** log Σ e^(inverse · z) over a row, without overflow. */
export function logSumExp(logits: Scores, row: number, classes: number, inverse: number): number {
  let top = -Infinity;
  for (let at = row * classes; at < (row + 1) * classes; at++) top = Math.max(top, inverse * logits[at]!);
  let sum = 0;
  for (let at = row * classes; at < (row + 1) * classes; at++) sum += exp(inverse * logits[at]! - top);
  return top + log(sum);
}

/**
 * Mean of −log(probability of the class that came true); probabilities are cut to 1e-12 from below.
 *
 * @throws CalibrationError as {@link checkLabelledClasses}
 */
export function classLogLoss(examples: LabelledClasses): number {
  const { logits, classes, labels, weights, totalWeight } = checkLabelledClasses(examples);
  let loss = 0;
  for (let row = 0; row < labels.length; row++) {
    loss += weights[row]! * (logSumExp(logits, row, classes, 1) - logits[row * classes + labels[row]!]!);
  }
  return loss / totalWeight;
}

/**
 * Mean of Σ (probability − 1 if it came true)² over the classes, from 0 to 2 (Brier, "Verification of forecasts expressed in terms of
 * probability", Monthly Weather Review 78, 1950).
 *
 * @throws CalibrationError as {@link checkLabelledClasses}
 */
export function classBrierScore(examples: LabelledClasses): number {
  const { logits, classes, labels, weights, totalWeight } = checkLabelledClasses(examples);
  let score = 0;
  for (let row = 0; row < labels.length; row++) {
    const normaliser = logSumExp(logits, row, classes, 1);
    for (let label = 0; label < classes; label++) {
      const apart = exp(logits[row * classes + label]! - normaliser) - (label === labels[row]! ? 1 : 0);
      score += weights[row]! * apart * apart;
    }
  }
  return score / totalWeight;
}
