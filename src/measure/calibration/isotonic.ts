import { z } from 'zod';
import { calibratorHeader, headerOf } from './calibrator-header.ts';
import { ascendingOrder, checkLabelledScores, type LabelledScores } from './labelled-scores.ts';
import { requireScore, type Scores } from './score-input.ts';

/** Probabilities at scores, both ascending; straight lines between, the outer values beyond. */
export const isotonicSchema = z
  .strictObject({
    ...calibratorHeader,
    kind: z.literal('isotonic'),
    scores: z.array(z.number()).min(1),
    probabilities: z.array(z.number().min(0).max(1)),
  })
  .refine(({ scores, probabilities }) => scores.length === probabilities.length, 'as many probabilities as scores')
  .refine(({ scores }) => scores.every((score, at) => at === 0 || score > scores[at - 1]!), { path: ['scores'], error: 'ascending scores' })
  .refine(({ probabilities }) => probabilities.every((value, at) => at === 0 || value >= probabilities[at - 1]!), {
    path: ['probabilities'],
    error: 'ascending probabilities',
  });

/** See {@link fitIsotonic}. */
export type IsotonicCalibrator = Readonly<z.infer<typeof isotonicSchema>>;

/**
 * Isotonic regression: of all maps that never fall, the one with the least Σ w (p − y)² on the examples (Zadrozny & Elkan,
 * "Transforming classifier scores into accurate multiclass probability estimates", KDD 2002). It is found exactly by pooling
 * adjacent violators (Ayer et al. 1955; Barlow et al. 1972). Examples with equal scores are first made one, with their mean label.
 *
 * Between fitted scores the map is a straight line in the scores as they were given; below the lowest and above the highest it
 * stays at the outermost value. Those two are often exactly 0 and 1, for which log loss is harsh: it wants a thousand examples or
 * more. O(n log n); the record holds two points a level.
 *
 * @throws CalibrationError as {@link checkLabelledScores}
 */
export function fitIsotonic(examples: LabelledScores): IsotonicCalibrator {
  const { scores, input, labels, weights } = checkLabelledScores(examples);
  const levels = poolAdjacentViolators(scores, labels, weights);
  const knots: IsotonicCalibrator = { ...headerOf(input), kind: 'isotonic', scores: [], probabilities: [] };
  for (const { first, last, mean } of levels) {
    knots.scores.push(first);
    knots.probabilities.push(mean);
    if (last > first) {
      knots.scores.push(last);
      knots.probabilities.push(mean);
    }
  }
  return knots;
}

/** A stretch of scores with one value. */
interface Level {
  readonly first: number;
  last: number;
  mean: number;
  weight: number;
}

function poolAdjacentViolators(scores: Float64Array, labels: Float64Array, weights: Float64Array): readonly Level[] {
  const levels: Level[] = [];
  for (const level of tiesMerged(scores, labels, weights)) {
    levels.push(level);
    while (levels.length > 1 && levels.at(-2)!.mean >= levels.at(-1)!.mean) {
      const { last, mean, weight } = levels.pop()!;
      const below = levels.at(-1)!;
      merge(below, mean, weight);
      below.last = last;
    }
  }
  return levels;
}

/** One level a different score, ascending. A tie is made one before anything is pooled, or a part of it could be pooled alone. */
function tiesMerged(scores: Float64Array, labels: Float64Array, weights: Float64Array): readonly Level[] {
  const levels: Level[] = [];
  for (const at of ascendingOrder(scores)) {
    const weight = weights[at]!;
    if (weight === 0) continue;
    const score = scores[at]!;
    const top = levels.at(-1);
    if (top?.last === score) merge(top, labels[at]!, weight);
    else levels.push({ first: score, last: score, mean: labels[at]!, weight });
  }
  return levels;
}

function merge(level: Level, mean: number, weight: number): void {
  level.weight += weight;
  level.mean += (mean - level.mean) * (weight / level.weight);
}

/** Writes the calibrated probabilities of the scores from `from` to before `to`; O(log levels) a score; see `applyCalibrator`. */
export function applyIsotonic(record: IsotonicCalibrator, scores: Scores, into: Scores, from: number, to: number): void {
  const { scores: knots, probabilities } = record;
  const isLogit = record.input === 'logit';
  const last = knots.length - 1;
  for (let at = from; at < to; at++) {
    const score = scores[at]!;
    requireScore(score, isLogit, at);
    if (score <= knots[0]!) into[at] = probabilities[0]!;
    else if (score >= knots[last]!) into[at] = probabilities[last]!;
    else {
      let low = 0;
      let high = last;
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (knots[middle]! <= score) low = middle;
        else high = middle;
      }
      const share = (score - knots[low]!) / (knots[high]! - knots[low]!);
      into[at] = probabilities[low]! + share * (probabilities[high]! - probabilities[low]!);
    }
  }
}
