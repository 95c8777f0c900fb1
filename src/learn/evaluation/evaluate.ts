import type { Clock } from '../../base/clock.ts';
import type { HistoryBatch, Ranker } from '../interaction-sequences.ts';
import type { BootstrapOptions } from './bootstrap.ts';
import { createNegativeSampler } from './candidate-sampling.ts';
import type { NegativeSampler } from './candidate-sampling.ts';
import { estimateMetrics } from './estimate-metrics.ts';
import type { EvaluationCases } from './evaluation-cases.ts';
import { EvaluationError } from './evaluation-error.ts';
import type { MetricEstimate } from './metrics.ts';
import type { CandidateSet, EvaluationProtocol } from './protocol.ts';
import { leaveOut, rankAmongAll, rankAmongNegatives, sinkInvalidScores } from './rank-of-target.ts';
import { topItems } from './top-items.ts';

/** Scores held at once at most, in numbers (64 MiB of float32). */
const SCORES_AT_ONCE_MAX = 1 << 24;

export interface EvaluateOptions {
  /** Lengths K of the metrics at K. @default [10, 50, 100] */
  readonly cutoffs?: readonly number[];
  /**
   * `all` ranks the target among all items. Sampled negatives only for comparison with papers that did so: they
   * flatter, and can turn the order of two rankers (Krichene and Rendle 2020). @default { kind: 'all' }
   */
  readonly candidates?: CandidateSet;
  /** `[itemCount]` weights for negatives by popularity, for example `countItems(train)`. */
  readonly popularity?: ArrayLike<number>;
  /** Whether the items of the whole history are candidates. The target always is. @default 'left out' */
  readonly seenItems?: 'left out' | 'kept';
  /** Gives the ranker only so many of the latest items; null for all. @default null */
  readonly historyLengthMax?: number | null;
  /** Cases scored at once. @default 256, less where the catalogue is so large that they would take over 64 MiB */
  readonly batchSize?: number;
  /** Coverage and Gini too, full ranking only; takes `cases × largest cutoff × 4` bytes. @default true */
  readonly lists?: boolean;
  /** Intervals; null for none, which is right for a validation inside training. @default 1,000 resamples, 95 % */
  readonly bootstrap?: BootstrapOptions | null;
  /** Of sampled candidates and of the bootstrap. @default 0 */
  readonly seed?: number;
  /** To tell how long it took. */
  readonly clock?: Clock;
  /** Called after each batch. */
  readonly onProgress?: (progress: { readonly casesDone: number; readonly cases: number }) => void;
  /** Ends the evaluation between two batches by throwing the signal's reason. */
  readonly signal?: AbortSignal;
}

/** One ranker's figures on one set of cases. */
export interface EvaluationResult {
  readonly ranker: string;
  readonly protocol: EvaluationProtocol;
  /** Cutoff by cutoff. */
  readonly metrics: readonly MetricEstimate[];
  /** Scores that were NaN or +Infinity; anything but 0 is a fault of the ranker. */
  readonly invalidScores: number;
  /** Of scoring and ranking, without the intervals; null without a clock. */
  readonly scoringSeconds: number | null;
  /** `[cases]`, user index. */
  readonly users: Int32Array;
  /** `[cases]`. */
  readonly targets: Int32Array;
  /** `[cases]`, 0 is the best. */
  readonly ranks: Int32Array;
}

/**
 * Asks a ranker every case and measures where the targets stand.
 *
 * Rank is the number of other candidates that score as high as the target or higher (ties pessimistic). NaN and
 * +Infinity sink to −Infinity. With seen items left out, every item of the whole history but the target is no
 * candidate, so a repeated purchase can be predicted and other repeats do not stand in its way. Lists for coverage and
 * Gini hold the best-scored candidates, ties to the lower item index, never an item of −Infinity.
 *
 * Cost beside the ranker's own: `cases × items` comparisons; memory one batch of scores and `cases × largest cutoff`.
 *
 * @throws EvaluationError `EVALUATION_NO_CASES`, `EVALUATION_CUTOFFS`, `EVALUATION_ITEM_COUNT` when ranker and cases
 *   know different catalogues, `EVALUATION_SCORES` when the ranker answers with another number of scores,
 *   `EVALUATION_CANDIDATES`
 */
export async function evaluate(ranker: Ranker, cases: EvaluationCases, options: EvaluateOptions = {}): Promise<EvaluationResult> {
  const { candidates = { kind: 'all' }, seenItems = 'left out', historyLengthMax = null, seed = 0 } = options;
  const { itemCount, items } = cases.sequences;
  const caseCount = cases.targets.length;
  const cutoffs = orderedCutoffs(options.cutoffs ?? [10, 50, 100]);
  requireAnswerable(ranker, cases);
  const sampler = samplerOf(candidates, options.popularity, itemCount, seed);
  const batchSize = Math.max(1, Math.min(options.batchSize ?? 256, Math.floor(SCORES_AT_ONCE_MAX / itemCount)));
  const startMs = options.clock?.monotonicMs();

  const ranks = new Int32Array(caseCount);
  const marks = new Int32Array(itemCount).fill(-1);
  const listLength = cutoffs.at(-1)!;
  const lists = sampler === null && (options.lists ?? true) ? new Int32Array(caseCount * listLength) : null;
  let invalidScores = 0;
  for (let from = 0; from < caseCount; from += batchSize) {
    options.signal?.throwIfAborted();
    const to = Math.min(from + batchSize, caseCount);
    const scores = await ranker.score(historiesOf(cases, from, to, historyLengthMax));
    requireScores(ranker, scores, to - from);
    for (let index = from; index < to; index++) {
      const row = scores.subarray((index - from) * itemCount, (index - from + 1) * itemCount);
      const history = items.subarray(cases.historyStarts[index]!, cases.historyEnds[index]!);
      const target = cases.targets[index]!;
      invalidScores += sinkInvalidScores(row);
      const seen = seenItems === 'left out' ? leaveOut(row, history, target, marks, index) : 0;
      if (sampler === null) {
        ranks[index] = rankAmongAll(row, target, itemCount - seen);
      } else {
        marks[target] = index;
        ranks[index] = rankAmongNegatives(row, target, sampler.draw(index, marks, index));
      }
      if (lists !== null) topItems(row, lists.subarray(index * listLength, (index + 1) * listLength));
    }
    options.onProgress?.({ casesDone: to, cases: caseCount });
  }
  const scoringSeconds = startMs === undefined ? null : (options.clock!.monotonicMs() - startMs) / 1000;

  const bootstrap =
    options.bootstrap === null
      ? null
      : { resamples: options.bootstrap?.resamples ?? 1000, confidence: options.bootstrap?.confidence ?? 0.95 };
  const metrics = estimateMetrics(
    {
      users: cases.users,
      ranks,
      lists: lists === null ? null : { items: lists, length: listLength, itemCount },
    },
    { cutoffs, bootstrap, seed },
  );
  return {
    ranker: ranker.name,
    protocol: {
      split: cases.split,
      candidates,
      seenItems,
      historyLengthMax,
      users: countUsers(cases.users),
      cases: caseCount,
      seed,
      bootstrap,
    },
    metrics,
    invalidScores,
    scoringSeconds,
    users: cases.users,
    targets: cases.targets,
    ranks,
  };
}

/**
 * The histories of the cases `from` to before `to`, each with its latest `historyLengthMax` items. The arrays are views
 * of the sequences: read only.
 */
export function historiesOf(cases: EvaluationCases, from: number, to: number, historyLengthMax: number | null): HistoryBatch {
  const { items, timesMs } = cases.sequences;
  const histories: Int32Array[] = [];
  const historyTimesMs: Float64Array[] = [];
  for (let index = from; index < to; index++) {
    const end = cases.historyEnds[index]!;
    const start = Math.max(cases.historyStarts[index]!, end - (historyLengthMax ?? end));
    histories.push(items.subarray(start, end));
    if (timesMs !== null) historyTimesMs.push(timesMs.subarray(start, end));
  }
  return {
    histories,
    timesMs: timesMs === null ? null : historyTimesMs,
    requestTimesMs: cases.requestTimesMs?.subarray(from, to) ?? null,
  };
}

function orderedCutoffs(cutoffs: readonly number[]): number[] {
  const ordered = [...new Set(cutoffs)].sort((a, b) => a - b);
  if (ordered.length > 0 && ordered.every((cutoff) => Number.isInteger(cutoff) && cutoff > 0)) return ordered;
  throw new EvaluationError('EVALUATION_CUTOFFS', `Cutoffs must be at least one positive integer, and are [${cutoffs.join(', ')}].`, {
    fields: { cutoffs },
  });
}

function requireAnswerable(ranker: Ranker, cases: EvaluationCases): void {
  const { itemCount } = cases.sequences;
  if (ranker.itemCount !== itemCount) {
    throw new EvaluationError(
      'EVALUATION_ITEM_COUNT',
      `${ranker.name} scores ${ranker.itemCount} items, and the cases have ${itemCount}. Evaluate it on the data set that it was trained on.`,
      { fields: { ranker: ranker.name, rankerItems: ranker.itemCount, items: itemCount } },
    );
  }
  if (cases.targets.length > 0) return;
  throw new EvaluationError('EVALUATION_NO_CASES', `There is no case to evaluate in "${cases.split}".`, {
    fields: { split: cases.split },
  });
}

function requireScores(ranker: Ranker, scores: Float32Array, rows: number): void {
  if (scores.length === rows * ranker.itemCount) return;
  throw new EvaluationError(
    'EVALUATION_SCORES',
    `${ranker.name} answered ${rows} histories with ${scores.length} scores instead of ${rows} × ${ranker.itemCount}.`,
    { fields: { ranker: ranker.name, scores: scores.length, rows, items: ranker.itemCount } },
  );
}

function samplerOf(
  candidates: CandidateSet,
  popularity: ArrayLike<number> | undefined,
  itemCount: number,
  seed: number,
): NegativeSampler | null {
  if (candidates.kind === 'all') return null;
  const weights = candidates.by === 'uniform' ? new Float64Array(itemCount).fill(1) : Float64Array.from(popularity ?? []);
  if (candidates.negatives > 0 && Number.isInteger(candidates.negatives) && weights.length === itemCount) {
    return createNegativeSampler(weights, candidates.negatives, seed);
  }
  throw new EvaluationError(
    'EVALUATION_CANDIDATES',
    `Sampled candidates need a positive whole number of negatives (is ${candidates.negatives}) and, by popularity, one weight for each of the ${itemCount} items (are ${weights.length}).`,
    { fields: { negatives: candidates.negatives, weights: weights.length, items: itemCount } },
  );
}

function countUsers(users: Int32Array): number {
  let count = 0;
  for (let index = 0; index < users.length; index++) if (index === 0 || users[index] !== users[index - 1]) count++;
  return count;
}
