import { CalibrationError } from './calibration-error.ts';
import { requireScore, type ScoreInput, type Scores } from './score-input.ts';

/** Labels: 0 or 1 for two classes, the class from 0 for more. */
export type Labels = Uint8Array | Int8Array | Uint16Array | Int32Array | Float32Array | Float64Array;

/** Scores of a yes-or-no question and what came true. */
export interface LabelledScores {
  /** `[examples]` */
  readonly scores: Scores;
  readonly input: ScoreInput;
  /** `[examples]`, each 0 or 1 */
  readonly labels: Labels;
  /** `[examples]`, each finite and at least 0, not all 0; how much an example counts. A whole weight is as good as copies. @default all 1 */
  readonly weights?: Scores;
  /** `[examples]`, any whole numbers: examples of one group (a user) are not independent, and intervals keep them together. @default each alone */
  readonly groups?: Int32Array;
}

/** {@link LabelledScores} after the boundary: doubles, checked. */
export interface CheckedScores {
  readonly scores: Float64Array;
  readonly input: ScoreInput;
  readonly labels: Float64Array;
  readonly weights: Float64Array;
  readonly totalWeight: number;
  readonly groups: Int32Array | null;
}

/**
 * Checks examples once, so that nothing behind need look again. O(examples); copies only what is not yet doubles.
 *
 * @throws CalibrationError `CALIBRATION_EXAMPLES` when there are none, lengths differ, a label is neither 0 nor 1, or a weight is
 *   negative or not finite; `CALIBRATION_SCORE` when a score is not of its kind
 */
export function checkLabelledScores({ scores, input, labels, weights, groups }: LabelledScores): CheckedScores {
  requireInput(input);
  requireLength('labels', labels.length, scores.length);
  if (scores.length === 0) throw examplesError('there are no examples: calibration needs at least one score with its label');
  const isLogit = input === 'logit';
  for (let at = 0; at < scores.length; at++) {
    requireScore(scores[at]!, isLogit, at);
    const label = labels[at]!;
    if (label !== 0 && label !== 1) throw examplesError(`label ${at} is ${label}: give 0 or 1`, { at, label });
  }
  const checkedWeights = checkWeights(weights, scores.length);
  if (groups !== undefined) requireLength('groups', groups.length, scores.length);
  return { scores: doubles(scores), input, labels: doubles(labels), groups: groups ?? null, ...checkedWeights };
}

/** Weights as doubles with their sum; ones where none are given. @throws CalibrationError `CALIBRATION_EXAMPLES` */
export function checkWeights(weights: Scores | undefined, count: number): { weights: Float64Array; totalWeight: number } {
  if (weights === undefined) return { weights: new Float64Array(count).fill(1), totalWeight: count };
  requireLength('weights', weights.length, count);
  let totalWeight = 0;
  for (let at = 0; at < count; at++) {
    const weight = weights[at]!;
    if (!(weight >= 0 && weight < Infinity))
      throw examplesError(`weight ${at} is ${weight}: give a finite number of at least 0`, { at, weight });
    totalWeight += weight;
  }
  if (!(totalWeight > 0 && totalWeight < Infinity))
    throw examplesError(`the weights add up to ${totalWeight}: some must be above 0, their sum finite`);
  return { weights: doubles(weights), totalWeight };
}

/** Refuses a column that is not as long as the scores. @throws CalibrationError `CALIBRATION_EXAMPLES` */
export function requireLength(name: string, length: number, expected: number): void {
  if (length !== expected)
    throw examplesError(`there are ${length} ${name} for ${expected} examples: give one each`, { name, length, expected });
}

/** Refuses a kind of score that is unknown. @throws CalibrationError `CALIBRATION_EXAMPLES` */
export function requireInput(input: ScoreInput): void {
  if (input !== 'logit' && input !== 'probability') {
    throw examplesError(`input is ${String(input)}: say whether scores are 'probability' or 'logit'`, { input });
  }
}

/** The error of examples that cannot be used. */
export function examplesError(message: string, fields: Record<string, unknown> = {}): CalibrationError {
  return new CalibrationError('CALIBRATION_EXAMPLES', message, fields);
}

/** The array itself where it holds doubles. */
export function doubles(values: Labels): Float64Array {
  return values instanceof Float64Array ? values : Float64Array.from(values);
}

/** The examples at the given places, in that order. */
export function takeExamples(examples: CheckedScores, places: Uint32Array): LabelledScores {
  const take = (values: Float64Array) => Float64Array.from(places, (at) => values[at]!);
  const { input, groups } = examples;
  return {
    scores: take(examples.scores),
    input,
    labels: take(examples.labels),
    weights: take(examples.weights),
    ...(groups === null ? {} : { groups: Int32Array.from(places, (at) => groups[at]!) }),
  };
}

/** Places by ascending score, equal scores in their order. O(n log n). */
export function ascendingOrder(scores: Float64Array): Uint32Array {
  return new Uint32Array(scores.length).map((_, at) => at).sort((first, second) => scores[first]! - scores[second]!);
}
