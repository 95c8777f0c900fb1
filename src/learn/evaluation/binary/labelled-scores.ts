import { EvaluationError } from '../evaluation-error.ts';

/** What a model said of examples with a yes-or-no outcome. */
export interface LabelledScores {
  /** `[examples]`, higher is more likely; probabilities in [0, 1] where a metric reads them as such. */
  readonly scores: ArrayLike<number>;
  /** `[examples]`, 1 or 0. */
  readonly labels: ArrayLike<number>;
  /** `[examples]`, what each example counts, 0 or more. @default 1 each */
  readonly weights?: ArrayLike<number> | undefined;
}

/**
 * Checks once what all binary metrics take for granted.
 *
 * @param probabilities whether scores must lie in [0, 1]
 * @throws EvaluationError `BINARY_SCORES` with the first example at fault, its value and what was expected
 */
export function checkLabelledScores({ scores, labels, weights }: LabelledScores, probabilities = false): void {
  const count = labels.length;
  if (count === 0) fault('there are no examples');
  if (scores.length !== count) fault(`${scores.length} scores stand beside ${count} labels`);
  if (weights !== undefined && weights.length !== count) fault(`${weights.length} weights stand beside ${count} labels`);
  for (let at = 0; at < count; at++) {
    const [score, label] = [scores[at]!, labels[at]!];
    if (label !== 0 && label !== 1) fault(`label of example ${at} is ${label}, expected 0 or 1; leave out examples without an outcome`);
    if (Number.isNaN(score)) fault(`score of example ${at} is NaN`);
    if (probabilities && !(score >= 0 && score <= 1)) fault(`score of example ${at} is ${score}, expected a probability in [0, 1]`);
    if (weights !== undefined && !(weights[at]! >= 0 && weights[at]! < Infinity))
      fault(`weight of example ${at} is ${weights[at]}, expected a number from 0`);
  }
}

/**
 * What a metric does that needs both outcomes and was given one.
 *
 * @throws EvaluationError `SINGLE_CLASS`
 */
export function singleClass(metric: string, positives: number, negatives: number): never {
  throw new EvaluationError(
    'SINGLE_CLASS',
    `${metric} is not defined: the examples weigh ${positives} with label 1 and ${negatives} with label 0, and it needs both; evaluate on more examples, or leave this task out`,
    { fields: { metric, positives, negatives } },
  );
}

function fault(problem: string): never {
  throw new EvaluationError('BINARY_SCORES', `binary metrics: ${problem}`, { fields: { problem } });
}
