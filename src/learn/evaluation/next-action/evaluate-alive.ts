import type { Clock } from '../../../base/clock.ts';
import type { SubjectLives } from '../../actions/subject-lives.ts';
import type { Ranker } from '../../interaction-sequences.ts';
import type { BootstrapOptions } from '../bootstrap.ts';
import { estimateMetrics } from '../estimate-metrics.ts';
import { historiesOf, type EvaluationResult } from '../evaluate.ts';
import type { EvaluationCases } from '../evaluation-cases.ts';
import { EvaluationError } from '../evaluation-error.ts';

/** Whatever can score every subject for the cases of one evaluation. */
export interface CaseScorer {
  readonly name: string;
  /** Scores of the cases `from` to before `to`, row-major `[cases, subjects]`; higher is better. */
  score(from: number, to: number): Promise<Float32Array>;
}

/** Who competes with a target. */
export interface AliveCandidates {
  readonly lives: SubjectLives;
  /** Of those that are there only some, `[subjects]` 1 or 0; the target is one in any case. @default all */
  readonly among?: { readonly name: string; readonly marks: Uint8Array };
}

/** How {@link evaluateAlive} asks. */
export interface EvaluateAliveOptions {
  /** @default [10] */
  readonly cutoffs?: readonly number[];
  /** Null for none, which is right for a validation inside training. @default 1,000 resamples, 95 % */
  readonly bootstrap?: BootstrapOptions | null;
  /** Of the bootstrap. @default 0 */
  readonly seed?: number;
  readonly clock?: Clock;
  readonly onProgress?: (progress: { readonly casesDone: number; readonly cases: number }) => void;
  readonly signal?: AbortSignal;
}

/** Scores held at once at most, in numbers (32 MiB of float32). */
const SCORES_AT_ONCE_MAX = 1 << 23;

/**
 * Asks every case and ranks its target among all subjects that were there at its moment, those that the user met before
 * among them. Ties are pessimistic; NaN and +Infinity sink below all others and are counted.
 *
 * Cost beside the scorer's own: cases × subjects comparisons.
 *
 * @throws EvaluationError `EVALUATION_NO_CASES`, `EVALUATION_TIMES` for cases without times; the signal's reason
 */
export async function evaluateAlive(
  asked: CaseScorer,
  cases: EvaluationCases,
  candidates: AliveCandidates,
  options: EvaluateAliveOptions = {},
): Promise<EvaluationResult> {
  const { cutoffs = [10], seed = 0 } = options;
  const caseCount = cases.targets.length;
  const { itemCount } = cases.sequences;
  if (caseCount === 0)
    throw new EvaluationError('EVALUATION_NO_CASES', `There is no case to evaluate in "${cases.split}".`, {
      fields: { split: cases.split },
    });
  if (cases.requestTimesMs === null)
    throw new EvaluationError('EVALUATION_TIMES', 'Cases without times cannot be ranked among what was there at the time.');
  const startMs = options.clock?.monotonicMs();
  const ranks = new Int32Array(caseCount);
  const atOnce = Math.max(1, Math.min(256, Math.floor(SCORES_AT_ONCE_MAX / itemCount)));
  let invalidScores = 0;
  let competing = 0;
  for (let from = 0; from < caseCount; from += atOnce) {
    options.signal?.throwIfAborted();
    const to = Math.min(caseCount, from + atOnce);
    const scores = await asked.score(from, to);
    for (let index = from; index < to; index++) {
      const row = scores.subarray((index - from) * itemCount, (index - from + 1) * itemCount);
      const found = rankAmongAlive(row, cases.targets[index]!, cases.requestTimesMs[index]!, candidates);
      ranks[index] = found.rank;
      competing += found.candidates;
      invalidScores += found.invalid;
    }
    options.onProgress?.({ casesDone: to, cases: caseCount });
  }
  const bootstrap =
    options.bootstrap === null
      ? null
      : { resamples: options.bootstrap?.resamples ?? 1000, confidence: options.bootstrap?.confidence ?? 0.95 };
  return {
    ranker: asked.name,
    protocol: {
      split: cases.split,
      candidates: { kind: 'alive', among: candidates.among?.name ?? 'all', meanCount: competing / caseCount },
      seenItems: 'kept',
      historyLengthMax: null,
      users: countUsers(cases.users),
      cases: caseCount,
      seed,
      bootstrap,
    },
    metrics: estimateMetrics({ users: cases.users, ranks, lists: null }, { cutoffs, bootstrap, seed }),
    invalidScores,
    scoringSeconds: startMs === undefined ? null : (options.clock!.monotonicMs() - startMs) / 1000,
    users: cases.users,
    targets: cases.targets,
    ranks,
  };
}

/** A ranker of items as what answers cases, by each user's earlier targets alone. */
export function askRanker(ranker: Ranker, cases: EvaluationCases): CaseScorer {
  return { name: ranker.name, score: (from, to) => ranker.score(historiesOf(cases, from, to, null)) };
}

/**
 * What a result is on some of its cases.
 *
 * @param part what they are, as it stands in the protocol: `search`
 * @param keep whether case `index` is one of them
 * @returns null where none is
 */
export function partOfResult(result: EvaluationResult, part: string, keep: (index: number) => boolean): EvaluationResult | null {
  const kept = Int32Array.from(result.ranks.keys()).filter(keep);
  if (kept.length === 0) return null;
  const pick = (values: Int32Array) => Int32Array.from(kept, (index) => values[index]!);
  const { protocol } = result;
  const users = pick(result.users);
  const ranks = pick(result.ranks);
  const cutoffs = [...new Set(result.metrics.map(({ cutoff }) => cutoff))];
  return {
    ...result,
    protocol: { ...protocol, split: `${protocol.split}, ${part}`, users: countUsers(users), cases: kept.length },
    metrics: estimateMetrics({ users, ranks, lists: null }, { cutoffs, bootstrap: protocol.bootstrap, seed: protocol.seed }),
    users,
    targets: pick(result.targets),
    ranks,
  };
}

function rankAmongAlive(row: Float32Array, target: number, timeMs: number, { lives, among }: AliveCandidates) {
  const { fromMs, untilMs } = lives;
  const own = row[target]!;
  const score = own < Infinity ? own : -Infinity;
  let rank = 0;
  let candidates = 1;
  let invalid = own < Infinity ? 0 : 1;
  for (let subject = 0; subject < row.length; subject++) {
    if (subject === target || fromMs[subject]! > timeMs || untilMs[subject]! < timeMs) continue;
    if (among !== undefined && among.marks[subject] !== 1) continue;
    candidates++;
    const other = row[subject]!;
    if (!(other < Infinity)) {
      invalid++;
      if (score === -Infinity) rank++;
    } else if (other >= score) rank++;
  }
  return { rank, candidates, invalid };
}

function countUsers(users: Int32Array): number {
  let count = 0;
  for (let index = 0; index < users.length; index++) if (index === 0 || users[index] !== users[index - 1]) count++;
  return count;
}
