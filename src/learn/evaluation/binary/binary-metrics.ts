import { percentileInterval } from '../../../base/percentile-interval.ts';
import { resampleUsers, type BootstrapOptions } from '../bootstrap.ts';
import { EvaluationError } from '../evaluation-error.ts';
import { orderedAreaUnderCurve, orderScores } from './area-under-curve.ts';
import { checkLabelledScores, singleClass, type LabelledScores } from './labelled-scores.ts';
import { surprise } from './log-loss.ts';
import { entropyOfRate } from './normalised-entropy.ts';

/** Metrics of probabilities of a yes-or-no outcome that have intervals and paired tests. */
export type BinaryMetric = 'AUC' | 'log loss' | 'normalised entropy';

export const BINARY_METRICS: readonly BinaryMetric[] = ['AUC', 'log loss', 'normalised entropy'];

/** One metric with its interval. */
export interface BinaryEstimate {
  readonly metric: BinaryMetric;
  readonly value: number;
  /** Lower and upper end of the bootstrap interval; null where none was asked for. */
  readonly interval: readonly [low: number, high: number] | null;
}

/** How intervals of binary metrics are drawn. */
export interface BinaryOptions extends BootstrapOptions {
  /**
   * `[examples]`, the unit that each example belongs to, usually its user: units are drawn whole, for what one user does is
   * not independent. @default each example its own unit
   */
  readonly units?: ArrayLike<number> | undefined;
  readonly seed: number;
}

/** All binary metrics of one model as a function of what each example weighs; sorts once. */
export function weighableMetrics({ scores, labels }: LabelledScores): (weights: Float64Array) => Record<BinaryMetric, number> {
  const order = orderScores(scores);
  const losses = Float64Array.from({ length: labels.length }, (_, at) => surprise(scores[at]!, labels[at]!));
  return (weights) => {
    let [sum, positives, total] = [0, 0, 0];
    for (let at = 0; at < losses.length; at++) {
      const weight = weights[at]!;
      sum += weight * losses[at]!;
      positives += weight * labels[at]!;
      total += weight;
    }
    const loss = sum / total;
    return {
      AUC: orderedAreaUnderCurve(order, labels, weights),
      'log loss': loss,
      'normalised entropy': loss / entropyOfRate(positives / total),
    };
  };
}

/**
 * AUC, log loss and normalised entropy with percentile bootstrap intervals over units. Cost: `resamples × examples`. A
 * resample without both outcomes (possible only where one is rare) is left out of the interval of all three.
 *
 * @param examples scores are probabilities
 * @param options null for values without intervals
 * @throws EvaluationError `SINGLE_CLASS`, `BINARY_SCORES`
 */
export function estimateBinaryMetrics(examples: LabelledScores, options: BinaryOptions | null): BinaryEstimate[] {
  checkLabelledScores(examples, true);
  const metrics = weighableMetrics(examples);
  const base = baseWeights(examples);
  requireBothClasses(examples, base);
  const values = metrics(base);
  if (options === null) return BINARY_METRICS.map((metric) => ({ metric, value: values[metric], interval: null }));
  const replicates = resampleExamples(base, options, (weights) => metrics(weights));
  const { confidence = 0.95 } = options;
  return BINARY_METRICS.map((metric) => ({
    metric,
    value: values[metric],
    interval: percentileInterval(
      Float64Array.from(replicates, (replicate) => replicate[metric]),
      confidence,
    ),
  }));
}

/** What examples weigh by themselves. */
export function baseWeights({ labels, weights }: LabelledScores): Float64Array {
  return weights === undefined ? new Float64Array(labels.length).fill(1) : Float64Array.from(weights);
}

/** @throws EvaluationError `SINGLE_CLASS` */
export function requireBothClasses({ labels }: LabelledScores, weights: Float64Array): void {
  let [positives, negatives] = [0, 0];
  for (let at = 0; at < labels.length; at++) {
    if (labels[at] === 1) positives += weights[at]!;
    else negatives += weights[at]!;
  }
  if (!(positives > 0 && negatives > 0)) singleClass('AUC', positives, negatives);
}

/** Draws units again and again; replicates whose AUC does not exist are dropped. */
export function resampleExamples<Replicate extends { readonly AUC: number }>(
  base: Float64Array,
  options: BinaryOptions,
  measure: (weights: Float64Array) => Replicate,
): Replicate[] {
  const { resamples = 1000, seed, units } = options;
  const unitOf = denseUnits(units, base.length);
  const weights = new Float64Array(base.length);
  const replicates: Replicate[] = [];
  resampleUsers(unitOf.count, resamples, seed, (drawn) => {
    for (let at = 0; at < weights.length; at++) weights[at] = base[at]! * drawn[unitOf.index[at]!]!;
    const replicate = measure(weights);
    if (!Number.isNaN(replicate.AUC)) replicates.push(replicate);
  });
  if (replicates.length === 0) {
    throw new EvaluationError(
      'SINGLE_CLASS',
      'no resample holds both outcomes: one of them stands in a single unit; evaluate on more data',
    );
  }
  return replicates;
}

function denseUnits(units: ArrayLike<number> | undefined, count: number): { readonly index: Int32Array; readonly count: number } {
  if (units === undefined) return { index: Int32Array.from({ length: count }, (_, at) => at), count };
  if (units.length !== count) {
    throw new EvaluationError('BINARY_SCORES', `binary metrics: ${units.length} units stand beside ${count} labels`);
  }
  const dense = new Map<number, number>();
  const index = Int32Array.from({ length: count }, (_, at) => {
    const known = dense.get(units[at]!);
    if (known !== undefined) return known;
    dense.set(units[at]!, dense.size);
    return dense.size - 1;
  });
  return { index, count: dense.size };
}
