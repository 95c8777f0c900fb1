import { checkLabelledScores, singleClass, type LabelledScores } from './labelled-scores.ts';

/** Examples in the order of their scores, lowest first, with where each run of equal scores ends. */
export interface ScoreOrder {
  /** `[examples]`, example at each place. */
  readonly order: Int32Array;
  /** `[runs]`, the place after each run of equal scores. */
  readonly runEnds: Int32Array;
}

/** Sorts once, so that many weightings of the same scores cost no further sort. O(n log n). */
export function orderScores(scores: ArrayLike<number>): ScoreOrder {
  const count = scores.length;
  const order = new Int32Array(count);
  for (let at = 0; at < count; at++) order[at] = at;
  order.sort((a, b) => scores[a]! - scores[b]!);
  const ends: number[] = [];
  for (let place = 1; place <= count; place++) {
    if (place === count || scores[order[place]!] !== scores[order[place - 1]!]) ends.push(place);
  }
  return { order, runEnds: Int32Array.from(ends) };
}

/**
 * Area under the ROC curve of examples that are in order: the chance that a positive scores above a negative, ties
 * counting half (Hanley & McNeil 1982), with weights Σᵢⱼ wᵢ wⱼ [sᵢ > sⱼ] + ½[sᵢ = sⱼ] over Σᵢⱼ wᵢ wⱼ. Exact, O(n).
 *
 * @param weights `[examples]`
 * @returns NaN where one outcome weighs nothing
 */
export function orderedAreaUnderCurve({ order, runEnds }: ScoreOrder, labels: ArrayLike<number>, weights: ArrayLike<number>): number {
  let [above, positives, negatives, place] = [0, 0, 0, 0];
  for (let run = 0; run < runEnds.length; run++) {
    const end = runEnds[run]!;
    let [runPositives, runNegatives] = [0, 0];
    for (; place < end; place++) {
      const example = order[place]!;
      const weight = weights[example]!;
      if (labels[example] === 1) runPositives += weight;
      else runNegatives += weight;
    }
    above += runPositives * (negatives + runNegatives / 2);
    positives += runPositives;
    negatives += runNegatives;
  }
  return positives > 0 && negatives > 0 ? above / (positives * negatives) : NaN;
}

/**
 * Area under the ROC curve, exact, ties counting half, weighted where weights are given (see
 * {@link orderedAreaUnderCurve}). .5 is chance, 1 a perfect order. O(n log n).
 *
 * @throws EvaluationError `SINGLE_CLASS` where all examples have one outcome; `BINARY_SCORES` for what is no score or label
 */
export function areaUnderCurve(examples: LabelledScores): number {
  checkLabelledScores(examples);
  const { scores, labels } = examples;
  const weights = examples.weights ?? new Uint8Array(labels.length).fill(1);
  const area = orderedAreaUnderCurve(orderScores(scores), labels, weights);
  if (Number.isNaN(area)) {
    let [positives, negatives] = [0, 0];
    for (let at = 0; at < labels.length; at++) {
      if (labels[at] === 1) positives += weights[at]!;
      else negatives += weights[at]!;
    }
    singleClass('AUC', positives, negatives);
  }
  return area;
}
