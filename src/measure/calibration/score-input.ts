import { exp, log, log1p, logistic } from '../../base/portable-math.ts';
import { CalibrationError } from './calibration-error.ts';

/**
 * What a score is: `probability` in [0, 1], or `logit`, any finite number that a logistic (or softmax) would turn into one.
 * It is always said, never guessed: a batch of logits may lie in [0, 1] by chance.
 */
export type ScoreInput = 'probability' | 'logit';

/** Scores as they come from a model. */
export type Scores = Float32Array | Float64Array;

/** Where a logarithm of a probability is taken, the probability is first cut to [floor, 1 − floor]: log-odds of ±27.6. */
export const PROBABILITY_FLOOR = 1e-12;

const LOG_ODDS_MAX = log((1 - PROBABILITY_FLOOR) / PROBABILITY_FLOOR);

/** log(p / (1 − p)), with p cut to {@link PROBABILITY_FLOOR}. */
export function logOdds(probability: number): number {
  if (probability <= PROBABILITY_FLOOR) return -LOG_ODDS_MAX;
  if (probability >= 1 - PROBABILITY_FLOOR) return LOG_ODDS_MAX;
  return log(probability / (1 - probability));
}

/** log(1 + e^x), without overflow. */
export function softplus(x: number): number {
  return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
}

/**
 * {@link logOdds} for serving: small enough to be inlined, with `Math.log`, so that no number is boxed on the way. It may differ from
 * the other in the last bit, and from machine to machine.
 */
export function servingLogOdds(probability: number): number {
  if (probability <= PROBABILITY_FLOOR) return -LOG_ODDS_MAX;
  if (probability >= 1 - PROBABILITY_FLOOR) return LOG_ODDS_MAX;
  return Math.log(probability / (1 - probability));
}

/** Refuses a score that is not of its kind. @throws CalibrationError `CALIBRATION_SCORE` */
export function requireScore(score: number, isLogit: boolean, at: number): void {
  if (!(isLogit ? Math.abs(score) < Infinity : score >= 0 && score <= 1)) throw scoreError(score, isLogit ? 'logit' : 'probability', at);
}

function scoreError(score: number, input: ScoreInput, at: number): CalibrationError {
  const expected = input === 'logit' ? 'a finite number' : 'a number from 0 to 1 (logits are to be declared as such)';
  return new CalibrationError('CALIBRATION_SCORE', `score ${at} is ${score}: a ${input} is ${expected}`, { at, score, input });
}

/** The scores as probabilities; the array itself where they are. */
export function probabilitiesOf(scores: Float64Array, input: ScoreInput): Float64Array {
  return input === 'probability' ? scores : scores.map(logistic);
}

/** The scores as log-odds; the array itself where they are. */
export function logOddsOf(scores: Float64Array, input: ScoreInput): Float64Array {
  return input === 'logit' ? scores : scores.map(logOdds);
}
