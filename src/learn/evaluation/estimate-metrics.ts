import { percentileInterval } from '../../base/percentile-interval.ts';
import { centredInterval, resampleUsers } from './bootstrap.ts';
import { RANK_METRICS, catalogueCoverage, giniCoefficient, rankGain } from './metrics.ts';
import type { ListMetric, MetricEstimate, RankMetric } from './metrics.ts';

/** What an evaluation measured, before it is summed up. */
export interface RankedCases {
  /** `[cases]`, user index, the cases of one user side by side. */
  readonly users: Int32Array;
  /** `[cases]`, rank of the target, 0 is the best. */
  readonly ranks: Int32Array;
  /** The recommended lists; null where only ranks were asked for. */
  readonly lists: {
    /** `[cases, length]`, best first, −1 where a list is shorter. */
    readonly items: Int32Array;
    readonly length: number;
    readonly itemCount: number;
  } | null;
}

export interface EstimateOptions {
  /** Ascending. */
  readonly cutoffs: readonly number[];
  /** How intervals are drawn; null for none. */
  readonly bootstrap: { readonly resamples: number; readonly confidence: number } | null;
  readonly seed: number;
}

/** Where each user's cases begin, `[users + 1]`. */
export function caseOffsets(users: Int32Array): Int32Array {
  const offsets: number[] = [];
  for (let index = 0; index < users.length; index++) {
    if (index === 0 || users[index] !== users[index - 1]) offsets.push(index);
  }
  offsets.push(users.length);
  return Int32Array.from(offsets);
}

/**
 * Means over cases, with bootstrap intervals over users. Cutoff by cutoff: HR, NDCG, MRR, and where there are lists
 * coverage and Gini.
 *
 * Cost: `resamples × (cases + users)` steps, with lists `resamples × cases × length` more.
 */
export function estimateMetrics(cases: RankedCases, options: EstimateOptions): MetricEstimate[] {
  const { cutoffs, bootstrap, seed } = options;
  const { lists } = cases;
  const offsets = caseOffsets(cases.users);
  const userCount = offsets.length - 1;
  const estimators = cutoffs.flatMap((cutoff, at): Estimator[] => [
    ...RANK_METRICS.map((metric): Estimator => ({
      metric,
      cutoff,
      value: (tally) => meanGain(metric, cutoff, tally.casesAtRank),
    })),
    ...(lists === null
      ? []
      : [
          { metric: 'coverage' as const, cutoff, value: (tally: Tally) => catalogueCoverage(tally.exposures[at]!) },
          { metric: 'Gini' as const, cutoff, value: (tally: Tally) => giniCoefficient(tally.exposures[at]!) },
        ]),
  ]);

  const tally = createTally(cutoffs, lists?.itemCount ?? 0);
  fillTally(tally, cases, offsets, new Int32Array(userCount).fill(1), cutoffs);
  const values = estimators.map((estimator) => estimator.value(tally));
  if (bootstrap === null) {
    return estimators.map(({ metric, cutoff }, at) => ({ metric, cutoff, value: values[at]!, interval: null }));
  }
  const replicates = estimators.map(() => new Float64Array(bootstrap.resamples));
  resampleUsers(userCount, bootstrap.resamples, seed, (weights, resample) => {
    fillTally(tally, cases, offsets, weights, cutoffs);
    estimators.forEach((estimator, at) => (replicates[at]![resample] = estimator.value(tally)));
  });
  return estimators.map(({ metric, cutoff }, at) => ({
    metric,
    cutoff,
    value: values[at]!,
    interval:
      metric === 'coverage' || metric === 'Gini'
        ? centredInterval(replicates[at]!, values[at]!, bootstrap.confidence)
        : percentileInterval(replicates[at]!, bootstrap.confidence),
  }));
}

interface Estimator {
  readonly metric: RankMetric | ListMetric;
  readonly cutoff: number;
  readonly value: (tally: Tally) => number;
}

interface Tally {
  /** How many cases have each rank; the last entry holds all ranks from the largest cutoff on. */
  readonly casesAtRank: Int32Array;
  /** For each cutoff, in how many lists each item stands. */
  readonly exposures: readonly Int32Array[];
}

function createTally(cutoffs: readonly number[], itemCount: number): Tally {
  return {
    casesAtRank: new Int32Array(cutoffs.at(-1)! + 1),
    exposures: cutoffs.map(() => new Int32Array(itemCount)),
  };
}

function fillTally(tally: Tally, cases: RankedCases, offsets: Int32Array, weights: Int32Array, cutoffs: readonly number[]): void {
  tallyRanks(tally.casesAtRank, cases.ranks, offsets, weights);
  if (cases.lists === null) return;
  const { items, length } = cases.lists;
  for (let at = 0; at < cutoffs.length; at++) {
    const exposures = tally.exposures[at]!;
    const from = at === 0 ? 0 : cutoffs[at - 1]!;
    const to = cutoffs[at]!;
    if (at === 0) exposures.fill(0);
    else exposures.set(tally.exposures[at - 1]!);
    for (let user = 0; user < weights.length; user++) {
      const weight = weights[user]!;
      if (weight === 0) continue;
      for (let index = offsets[user]!; index < offsets[user + 1]!; index++) {
        for (let entry = index * length + from; entry < index * length + to; entry++) {
          const item = items[entry]!;
          if (item >= 0) exposures[item]! += weight;
        }
      }
    }
  }
}

/**
 * Counts the cases at each rank, each user's cases taken `weights[user]` times.
 *
 * @param casesAtRank receives the counts; its last entry those of all ranks beyond
 * @param offsets where each user's cases begin, as from {@link caseOffsets}
 */
export function tallyRanks(casesAtRank: Int32Array, ranks: Int32Array, offsets: Int32Array, weights: Int32Array): void {
  const beyond = casesAtRank.length - 1;
  casesAtRank.fill(0);
  for (let user = 0; user < weights.length; user++) {
    const weight = weights[user]!;
    for (let index = offsets[user]!; index < offsets[user + 1]!; index++) {
      const rank = ranks[index]!;
      casesAtRank[rank < beyond ? rank : beyond]! += weight;
    }
  }
}

/** Mean of a rank metric over tallied cases; the tally must reach to the cutoff. */
export function meanGain(metric: RankMetric, cutoff: number, casesAtRank: Int32Array): number {
  let sum = 0;
  let count = 0;
  for (let rank = 0; rank < casesAtRank.length; rank++) {
    sum += casesAtRank[rank]! * rankGain(metric, rank, cutoff);
    count += casesAtRank[rank]!;
  }
  return count === 0 ? 0 : sum / count;
}
