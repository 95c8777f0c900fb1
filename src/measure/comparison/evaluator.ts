/** Metrics of a binary task. */
export type BinaryTaskMetric =
  | 'AUC'
  | 'GAUC by user'
  | 'GAUC by list'
  | 'normalised entropy'
  | 'log loss'
  | 'ECE'
  | 'debiased ECE'
  | 'equal-width ECE';

/** Any metric of a comparison: those of a binary task, and those of a ranked list with their cutoff. */
export type ComparedMetric = BinaryTaskMetric | `NDCG@${number}` | `HR@${number}` | `MRR@${number}`;

/** Whether a lower value is the better one. */
export function lessIsBetter(metric: ComparedMetric): boolean {
  return metric === 'normalised entropy' || metric === 'log loss' || isCalibrationError(metric);
}

/** Whether a metric is a calibration error, which resamples show too high: intervals of these are centred on the estimate. */
export function isCalibrationError(metric: ComparedMetric): boolean {
  return metric.endsWith('ECE');
}

/** Some metrics of one model on one set of places, as a function of how often each user counts. */
export interface Evaluator {
  readonly metrics: readonly ComparedMetric[];
  /**
   * Writes the metrics' values into `into` from `at` on; NaN where one does not exist (AUC without positives). Allocates little; sorts nothing.
   *
   * @param draws `[users]`, how often each user counts
   */
  evaluate(draws: Int32Array, into: Float64Array, at: number): void;
}

/**
 * A ratio of sums over users: Σ draws · numerator / Σ draws · denominator.
 *
 * @param numerators `[users]`
 * @param denominators `[users]`
 */
export function ratioEvaluator(metric: ComparedMetric, numerators: Float64Array, denominators: Float64Array): Evaluator {
  const users = usersWith(denominators);
  return {
    metrics: [metric],
    evaluate(draws, into, at) {
      let [sum, total] = [0, 0];
      for (let place = 0; place < users.length; place++) {
        const user = users[place]!;
        sum += draws[user]! * numerators[user]!;
        total += draws[user]! * denominators[user]!;
      }
      into[at] = total > 0 ? sum / total : NaN;
    },
  };
}

/** Users with anything in them: a segment holds few of all. */
export function usersWith(amounts: Float64Array): Int32Array {
  const users: number[] = [];
  for (let user = 0; user < amounts.length; user++) if (amounts[user] !== 0) users.push(user);
  return Int32Array.from(users);
}
