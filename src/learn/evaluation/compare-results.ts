import { percentileInterval } from '../../base/percentile-interval.ts';
import { resampleUsers } from './bootstrap.ts';
import type { BootstrapOptions } from './bootstrap.ts';
import { caseOffsets, meanGain, tallyRanks } from './estimate-metrics.ts';
import type { EvaluationResult } from './evaluate.ts';
import { EvaluationError } from './evaluation-error.ts';
import { RANK_METRICS } from './metrics.ts';
import type { RankMetric } from './metrics.ts';

/** Two rankers on the same cases, metric by metric. */
export interface ResultComparison {
  readonly first: string;
  readonly second: string;
  readonly differences: readonly MetricDifference[];
}

export interface MetricDifference {
  readonly metric: RankMetric;
  readonly cutoff: number;
  /** First minus second. */
  readonly difference: number;
  /** Paired bootstrap interval; when it leaves out 0, the difference is more than the luck of these users. */
  readonly interval: readonly [low: number, high: number];
}

export interface CompareOptions extends BootstrapOptions {
  /** @default the results' own seed */
  readonly seed?: number;
}

/**
 * Differences of the rank metrics with intervals of a paired bootstrap: each resample of users is taken for both
 * rankers, so that what is hard for both cancels.
 *
 * @throws EvaluationError `COMPARISON_MISMATCH` when the results are not of the same cases, candidates, seen items and
 *   cutoffs
 */
export function compareResults(first: EvaluationResult, second: EvaluationResult, options: CompareOptions = {}): ResultComparison {
  requireSameCases(first, second);
  const { resamples = 1000, confidence = 0.95, seed = first.protocol.seed } = options;
  const pairs = first.metrics.flatMap(({ metric, cutoff }) => {
    const rankMetric = RANK_METRICS.find((known) => known === metric);
    return rankMetric === undefined ? [] : [{ metric: rankMetric, cutoff }];
  });
  const reach = Math.max(...pairs.map(({ cutoff }) => cutoff));
  const firstTally = new Int32Array(reach + 1);
  const secondTally = new Int32Array(reach + 1);
  const offsets = caseOffsets(first.users);
  const differencesOf = (weights: Int32Array) => {
    tallyRanks(firstTally, first.ranks, offsets, weights);
    tallyRanks(secondTally, second.ranks, offsets, weights);
    return pairs.map(({ metric, cutoff }) => meanGain(metric, cutoff, firstTally) - meanGain(metric, cutoff, secondTally));
  };

  const userCount = offsets.length - 1;
  const observed = differencesOf(new Int32Array(userCount).fill(1));
  const replicates = pairs.map(() => new Float64Array(resamples));
  resampleUsers(userCount, resamples, seed, (weights, resample) => {
    differencesOf(weights).forEach((difference, at) => (replicates[at]![resample] = difference));
  });
  return {
    first: first.ranker,
    second: second.ranker,
    differences: pairs.map(({ metric, cutoff }, at) => ({
      metric,
      cutoff,
      difference: observed[at]!,
      interval: percentileInterval(replicates[at]!, confidence),
    })),
  };
}

/** @throws EvaluationError `COMPARISON_MISMATCH` naming what differs */
export function requireSameCases(first: EvaluationResult, second: EvaluationResult): void {
  const fault = mismatch(first, second);
  if (fault === null) return;
  throw new EvaluationError(
    'COMPARISON_MISMATCH',
    `${first.ranker} and ${second.ranker} cannot be compared: they differ in ${fault}. Evaluate both on the same cases with the same options.`,
    { fields: { first: first.ranker, second: second.ranker, fault } },
  );
}

function mismatch(first: EvaluationResult, second: EvaluationResult): string | null {
  const cutoffs = (result: EvaluationResult) => [...new Set(result.metrics.map(({ cutoff }) => cutoff))].join();
  const candidates = ({ protocol }: EvaluationResult) =>
    protocol.candidates.kind === 'all'
      ? 'all'
      : protocol.candidates.kind === 'alive'
        ? JSON.stringify(protocol.candidates)
        : `${protocol.candidates.by} ${protocol.candidates.negatives} seed ${protocol.seed}`;
  if (!sameValues(first.users, second.users)) return 'users';
  if (!sameValues(first.targets, second.targets)) return 'targets';
  if (first.protocol.split !== second.protocol.split) return 'split';
  if (candidates(first) !== candidates(second)) return 'candidates';
  if (first.protocol.seenItems !== second.protocol.seenItems) return 'seen items';
  if (cutoffs(first) !== cutoffs(second)) return 'cutoffs';
  return null;
}

function sameValues(first: Int32Array, second: Int32Array): boolean {
  return first === second || (first.length === second.length && first.every((value, at) => value === second[at]));
}
