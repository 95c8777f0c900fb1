import { percentileInterval } from '../../base/percentile-interval.ts';
import type { Estimate, MetricComparison } from './comparison.ts';
import type { ComparisonOptions } from './comparison-options.ts';
import { isCalibrationError, lessIsBetter, type ComparedMetric, type Evaluator } from './evaluator.ts';
import { deviationOf, twoSidedP } from './significance.ts';
import type { UserDraws } from './user-draws.ts';

/** Share of the resamples that must have a metric, or it has no interval worth the name. */
const RESAMPLES_SHARE_MIN = 0.9;

/** What one model's evaluators gave: a row a metric. */
export interface Replicates {
  readonly metrics: readonly ComparedMetric[];
  /** `[metrics]`, on the examples as they are. */
  readonly observed: Float64Array;
  /** `[metrics]` of `[resamples]`. */
  readonly resampled: readonly Float64Array[];
}

/** Evaluates one or two models on the examples and on every resample, each resample for both. */
export async function replicate(
  models: readonly (readonly Evaluator[])[],
  draws: UserDraws,
  pause?: () => Promise<void>,
): Promise<Replicates[]> {
  const results = models.map((evaluators) => {
    const metrics = evaluators.flatMap((evaluator) => evaluator.metrics);
    const observed = new Float64Array(metrics.length);
    evaluateAll(evaluators, new Int32Array(draws.userCount).fill(1), observed);
    return { metrics, observed, resampled: metrics.map(() => new Float64Array(draws.resamples)) };
  });
  const row = new Float64Array(Math.max(0, ...results.map(({ metrics }) => metrics.length)));
  await draws.forEach((drawn, resample) => {
    for (const [at, evaluators] of models.entries()) {
      const { resampled } = results[at]!;
      evaluateAll(evaluators, drawn, row);
      for (let metric = 0; metric < resampled.length; metric++) resampled[metric]![resample] = row[metric]!;
    }
  }, pause);
  return results;
}

function evaluateAll(evaluators: readonly Evaluator[], draws: Int32Array, into: Float64Array): void {
  let at = 0;
  for (const evaluator of evaluators) {
    evaluator.evaluate(draws, into, at);
    at += evaluator.metrics.length;
  }
}

/** One model's metrics with their intervals; those that exist in too few resamples are left out. */
export function estimatesOf({ metrics, observed, resampled }: Replicates, { confidence }: Pick<ComparisonOptions, 'confidence'>) {
  return metrics.flatMap((metric, at): (Estimate & { readonly metric: ComparedMetric })[] => {
    const kept = resampled[at]!.filter((value) => !Number.isNaN(value));
    return isKept(kept, resampled[at]!) ? [{ metric, ...estimate(metric, observed[at]!, kept, confidence) }] : [];
  });
}

/** The metrics of two models and their differences; those that exist in too few resamples are left out. */
export function differencesOf(
  first: Replicates,
  second: Replicates,
  { confidence }: Pick<ComparisonOptions, 'confidence'>,
): MetricComparison[] {
  return first.metrics.flatMap((metric, at): MetricComparison[] => {
    const [one, other] = [first.resampled[at]!, second.resampled[at]!];
    const both = (values: Float64Array) => values.filter((_, resample) => !Number.isNaN(one[resample]! + other[resample]!));
    const [oneKept, otherKept] = [both(one), both(other)];
    if (!isKept(oneKept, one)) return [];
    const difference = second.observed[at]! - first.observed[at]!;
    const differences = centred(
      metric,
      otherKept.map((value, resample) => value - oneKept[resample]!),
      difference,
    );
    return [
      {
        metric,
        lessIsBetter: lessIsBetter(metric),
        first: estimate(metric, first.observed[at]!, oneKept, confidence),
        second: estimate(metric, second.observed[at]!, otherKept, confidence),
        difference,
        interval: percentileInterval(differences, confidence),
        standardError: deviationOf(differences),
        pValue: twoSidedP(differences, difference),
        resamples: differences.length,
      },
    ];
  });
}

function isKept(kept: Float64Array, all: Float64Array): boolean {
  return kept.length > 0 && kept.length >= RESAMPLES_SHARE_MIN * all.length;
}

function estimate(metric: ComparedMetric, value: number, replicates: Float64Array, confidence: number): Estimate {
  const [low, high] = percentileInterval(centred(metric, replicates, value), confidence);
  // A calibration error is no less than 0, but for the debiased one.
  return { value, interval: metric === 'ECE' || metric === 'equal-width ECE' ? [Math.max(0, low), high] : [low, high] };
}

/** Replicates of a calibration error moved so that their mean is the estimate: a resample, noisier than the sample, shows it too high. */
function centred(metric: ComparedMetric, replicates: Float64Array, value: number): Float64Array {
  if (!isCalibrationError(metric)) return replicates;
  const mean = replicates.reduce((sum, replicate) => sum + replicate, 0) / replicates.length;
  return replicates.map((replicate) => replicate + value - mean);
}
