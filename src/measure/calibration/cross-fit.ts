import { createRandom } from '../../base/random.ts';
import { surprise } from '../../learn/evaluation/binary/log-loss.ts';
import type { BinaryCalibrator, CalibrationMethod } from './calibrator.ts';
import { applyToRange, fitCalibrator } from './calibrator.ts';
import type { LabelledScores } from './labelled-scores.ts';
import { probabilityBound } from './probability-bound.ts';
import { fitBySegment, type SegmentFitOptions } from './segmented-calibrator.ts';

/** Examples of which some belong together. */
export interface FoldedExamples {
  readonly scores: Float64Array;
  readonly labels: Float64Array;
  readonly weights: Float64Array;
  /** `[examples]`, dense user of each. */
  readonly users: Int32Array;
  readonly userCount: number;
  /** `[users]`, the fold of each. */
  readonly folds: Uint8Array;
  readonly foldCount: number;
}

/** Segments of the examples; −1 for none. */
export interface ExampleSegments {
  readonly names: readonly string[];
  readonly codes: Int32Array;
}

/** How a way to calibrate does on users that it was not fitted on. */
export interface CrossFit {
  /** Mean log loss in nats. */
  readonly logLoss: number;
  /** `[users]`, sums of weighted losses. */
  readonly userLosses: Float64Array;
}

/** Deals users to folds, all of a user's examples to one: what one user does is alike. */
export function dealFolds(userCount: number, foldCount: number, seed: number): Uint8Array {
  const order = Int32Array.from({ length: userCount }, (_, user) => user);
  createRandom(seed, 'calibration folds').shuffle(order);
  const folds = new Uint8Array(userCount);
  for (const [place, user] of order.entries()) folds[user] = place % foldCount;
  return folds;
}

/**
 * Fits a method on all folds but one and measures it on that one, for each fold. O(examples log examples × folds).
 *
 * @param method null: the scores as they are
 * @param segments a line in log-odds of its own for each segment that has enough examples; null for one calibrator for all
 * @returns null where some fold leaves only one outcome to fit on
 */
export function crossFit(
  examples: FoldedExamples,
  method: CalibrationMethod | null,
  segments: ExampleSegments | null,
  limits: Omit<SegmentFitOptions, 'method'>,
): CrossFit | null {
  const { scores, labels, weights, users, userCount, folds, foldCount } = examples;
  const predictions = scores.slice();
  for (let fold = 0; method !== null && fold < foldCount; fold++) {
    const isHeldOut = (at: number) => folds[users[at]!] === fold;
    const rest = placesWhere(scores.length, (at) => !isHeldOut(at));
    const fitted = fitOn(take(examples, rest), method, segments === null ? null : pick(segments, rest), limits);
    if (fitted === null) return null;
    const bound = probabilityBound(weightOf(weights, rest));
    for (let at = 0; at < scores.length; at++) {
      if (!isHeldOut(at)) continue;
      const code = segments === null ? -1 : segments.codes[at]!;
      applyToRange((code < 0 ? null : fitted.segments[code]) ?? fitted.overall, scores, predictions, at, at + 1);
      predictions[at] = Math.min(1 - bound, Math.max(bound, predictions[at]!));
    }
  }
  const userLosses = new Float64Array(userCount);
  let [sum, total] = [0, 0];
  for (let at = 0; at < scores.length; at++) {
    const loss = weights[at]! * surprise(predictions[at]!, labels[at]!);
    userLosses[users[at]!]! += loss;
    sum += loss;
    total += weights[at]!;
  }
  return { logLoss: sum / total, userLosses };
}

/** By how much the first loses less than the second, a unit of weight, with the standard error of that over users. */
export function crossFitGain(first: CrossFit, second: CrossFit, { users, userCount, weights }: FoldedExamples) {
  const userWeights = new Float64Array(userCount);
  let total = 0;
  for (let at = 0; at < weights.length; at++) {
    userWeights[users[at]!]! += weights[at]!;
    total += weights[at]!;
  }
  const gain = second.logLoss - first.logLoss;
  let squares = 0;
  for (let user = 0; user < userCount; user++) {
    squares += (second.userLosses[user]! - first.userLosses[user]! - gain * userWeights[user]!) ** 2;
  }
  // The variance of a ratio of sums over users (Cochran, Sampling Techniques, 1977, section 2.11).
  return { gain, standardError: Math.sqrt((squares * userCount) / Math.max(1, userCount - 1)) / total };
}

function fitOn(
  examples: LabelledScores,
  method: CalibrationMethod,
  segments: ExampleSegments | null,
  limits: Omit<SegmentFitOptions, 'method'>,
): { readonly overall: BinaryCalibrator; readonly segments: readonly (BinaryCalibrator | null)[] } | null {
  if (!hasBothOutcomes(examples)) return null;
  if (segments === null) return { overall: fitCalibrator(method, examples), segments: [] };
  const { overall, segments: own } = fitBySegment(
    { ...examples, segments: segments.codes, segmentNames: segments.names },
    { method, own: 'line', ...limits },
  );
  return { overall, segments: own.map(({ calibrator }) => calibrator) };
}

function hasBothOutcomes({ labels, weights }: LabelledScores): boolean {
  const has = (label: number) => labels.some((own: number, at: number) => own === label && weights![at]! > 0);
  return has(0) && has(1);
}

function take({ scores, labels, weights }: FoldedExamples, places: Int32Array): LabelledScores {
  // Float64Array.from with a function goes through an iterator, which costs more than the fit.
  const of = (values: Float64Array) => {
    const taken = new Float64Array(places.length);
    for (let at = 0; at < taken.length; at++) taken[at] = values[places[at]!]!;
    return taken;
  };
  return { scores: of(scores), input: 'probability', labels: of(labels), weights: of(weights) };
}

function pick({ names, codes }: ExampleSegments, places: Int32Array): ExampleSegments {
  return { names, codes: Int32Array.from(places, (at) => codes[at]!) };
}

function placesWhere(count: number, isWanted: (at: number) => boolean): Int32Array {
  const places = new Int32Array(count);
  let found = 0;
  for (let at = 0; at < count; at++) if (isWanted(at)) places[found++] = at;
  return places.subarray(0, found);
}

function weightOf(weights: Float64Array, places: Int32Array): number {
  return places.reduce((sum, at) => sum + weights[at]!, 0);
}
