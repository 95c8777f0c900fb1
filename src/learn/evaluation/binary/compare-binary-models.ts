import { percentileInterval } from '../../../base/percentile-interval.ts';
import { EvaluationError } from '../evaluation-error.ts';
import { BINARY_METRICS, baseWeights, requireBothClasses, resampleExamples, weighableMetrics } from './binary-metrics.ts';
import type { BinaryMetric, BinaryOptions } from './binary-metrics.ts';
import { checkLabelledScores } from './labelled-scores.ts';

/** One metric of two models on the same examples. */
export interface BinaryDifference {
  readonly metric: BinaryMetric;
  readonly first: number;
  readonly second: number;
  /** First minus second; for log loss and normalised entropy less is better. */
  readonly difference: number;
  /** Paired bootstrap interval. */
  readonly interval: readonly [low: number, high: number];
  /** Two-sided: twice the smaller share of resamples on one side of 0, one added to both counts, at most 1. */
  readonly pValue: number;
}

/** The examples of a comparison; each model's scores, or those of several runs of it (one a seed), whose metrics are averaged. */
export interface ComparedScores {
  readonly first: readonly ArrayLike<number>[];
  readonly second: readonly ArrayLike<number>[];
  readonly labels: ArrayLike<number>;
  readonly weights?: ArrayLike<number> | undefined;
}

/**
 * Differences between two models with a paired bootstrap over units: each resample is taken for both, so that what is
 * hard for both cancels. With several runs of each, the metric of a model is the mean over its runs: the interval then
 * tells the luck of these examples, while that of the seeds is what `pairedTTest` over them tells.
 *
 * Cost: `resamples × examples × runs of both`.
 *
 * @throws EvaluationError `SINGLE_CLASS`, `BINARY_SCORES`
 */
export function compareBinaryModels(compared: ComparedScores, options: BinaryOptions): BinaryDifference[] {
  const { first, second, labels, weights } = compared;
  if (first.length === 0 || second.length === 0) {
    throw new EvaluationError(
      'BINARY_SCORES',
      `binary metrics: nothing to compare: ${first.length} runs of the first model, ${second.length} of the second`,
    );
  }
  const runs = [...first, ...second].map((scores) => ({ scores, labels, weights }));
  for (const run of runs) checkLabelledScores(run, true);
  const base = baseWeights(runs[0]!);
  requireBothClasses(runs[0]!, base);
  const metricsOf = runs.map(weighableMetrics);
  const measure = (given: Float64Array) => {
    const all = metricsOf.map((metrics) => metrics(given));
    const means = (some: typeof all, metric: BinaryMetric) => some.reduce((sum, each) => sum + each[metric], 0) / some.length;
    const of = (metric: BinaryMetric) => [means(all.slice(0, first.length), metric), means(all.slice(first.length), metric)] as const;
    return { AUC: all[0]!.AUC, pairs: BINARY_METRICS.map(of) };
  };
  const observed = measure(base).pairs;
  const replicates = resampleExamples(base, options, measure);
  return BINARY_METRICS.map((metric, at) => {
    const differences = Float64Array.from(replicates, ({ pairs }) => pairs[at]![0] - pairs[at]![1]);
    const [one, other] = observed[at]!;
    return {
      metric,
      first: one,
      second: other,
      difference: one - other,
      interval: percentileInterval(differences, options.confidence ?? 0.95),
      pValue: twoSided(differences),
    };
  });
}

function twoSided(differences: Float64Array): number {
  let [below, above] = [1, 1];
  for (const difference of differences) {
    if (difference <= 0) below++;
    if (difference >= 0) above++;
  }
  return Math.min(1, (2 * Math.min(below, above)) / (differences.length + 1));
}
