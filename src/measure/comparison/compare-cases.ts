import { requireSameCases } from '../../learn/evaluation/compare-results.ts';
import type { EvaluationResult } from '../../learn/evaluation/evaluate.ts';
import { describeProtocol } from '../../learn/evaluation/protocol.ts';
import { rankGain, RANK_METRICS, type RankMetric } from '../../learn/evaluation/metrics.ts';
import type { Segmentation } from '../impressions/scored-impressions.ts';
import { differencesOf, replicate } from './compare-cell.ts';
import type { ComparedCell, ComparedModel, Comparison } from './comparison.ts';
import type { ComparisonWork } from './compare-impressions.ts';
import { comparisonOptions, type ComparisonOptions } from './comparison-options.ts';
import { ratioEvaluator, type Evaluator } from './evaluator.ts';
import { findingsOf } from './findings.ts';
import { unitsOf } from './plan-cells.ts';
import { recommend } from './recommend.ts';
import { tellingSegmentations } from './telling-segmentations.ts';
import { createUserDraws } from './user-draws.ts';

/** What the one question is called that all cases ask. */
const TASK = 'next item';

/** Two rankers' ranks of the same cases. */
export interface ComparedRanks {
  readonly first: { readonly model: ComparedModel; readonly result: EvaluationResult };
  readonly second: { readonly model: ComparedModel; readonly result: EvaluationResult };
  readonly data: { readonly name: string; readonly fingerprint: string | null };
  /** Codes are `[cases]`. */
  readonly segmentations: readonly Segmentation[];
}

/**
 * Compares two rankers on the same next-item cases: hit rate, NDCG and MRR at each cutoff, over all and in each segment, with intervals and
 * p-values of a paired bootstrap that draws whole users; then what the rules make of it. NDCG at the first cutoff decides.
 *
 * @throws EvaluationError `COMPARISON_MISMATCH` where the two were not asked the same; ComparisonError
 */
export async function compareCases(
  { first, second, data, segmentations }: ComparedRanks,
  given: Partial<ComparisonOptions> = {},
  work: ComparisonWork = {},
): Promise<Comparison> {
  const options = comparisonOptions({ ...given, primaryTasks: null, guardTasks: [] });
  requireSameCases(first.result, second.result);
  const { users } = first.result;
  const { telling, notes } = tellingSegmentations(segmentations);
  const units = unitsOf({ users, lists: Int32Array.from(users.keys()) });
  const draws = createUserDraws(units.userCount, options.resamples, options.seed);
  const all = Int32Array.from(users.keys());
  const plans = [
    { segmentation: null, segment: null, rows: all },
    ...telling.flatMap(({ name, names, codes }) =>
      names.map((segment, code) => ({ segmentation: name, segment, rows: all.filter((row) => codes[row] === code) })),
    ),
  ];
  const cells: ComparedCell[] = [];
  for (const { segmentation, segment, rows } of plans) {
    work.onProgress?.(cells.length, plans.length, segment ?? 'all');
    const ownUsers = new Set(rows.map((row) => units.users[row]!)).size;
    const tooSmall = rows.length === 0 ? 'empty' : ownUsers < options.usersMin ? `${ownUsers} users, fewer than ${options.usersMin}` : null;
    const cell = { ...{ task: TASK, segmentation, segment }, ...{ examples: rows.length, users: ownUsers, rate: null, tooSmall } };
    if (tooSmall !== null) {
      cells.push({ ...cell, metrics: [] });
      continue;
    }
    const evaluators = [first, second].map(({ result }) => rankEvaluators(result.ranks, rows, units, options.cutoffs));
    const [one, other] = await replicate(evaluators, draws, work.pause);
    cells.push({ ...cell, metrics: differencesOf(one!, other!, options) });
  }
  const findings = findingsOf(cells, () => `NDCG@${options.cutoffs[0]!}`, options);
  const { protocol } = first.result;
  return {
    format: 'nisus-comparison',
    formatVersion: 1,
    kind: 'cases',
    first: first.model,
    second: second.model,
    data: { ...data, part: protocol.split, users: units.userCount, lists: null, examples: users.length },
    options,
    cells,
    reliability: [],
    notes: [...protocolNotes(first.result), ...notes],
    recommendation: recommend(findings, cells, options),
  };
}

function rankEvaluators(
  ranks: Int32Array,
  rows: Int32Array,
  { users, userCount }: { readonly users: Int32Array; readonly userCount: number },
  cutoffs: readonly number[],
): Evaluator[] {
  const counts = new Float64Array(userCount);
  for (const row of rows) counts[users[row]!]!++;
  const gainsOf = (metric: RankMetric, cutoff: number) => {
    const gains = new Float64Array(userCount);
    for (const row of rows) gains[users[row]!]! += rankGain(metric, ranks[row]!, cutoff);
    return gains;
  };
  return cutoffs.flatMap((cutoff) => RANK_METRICS.map((metric) => ratioEvaluator(`${metric}@${cutoff}`, gainsOf(metric, cutoff), counts)));
}

/** The parts of the evaluation's protocol that the comparison's own rules do not tell. */
function protocolNotes({ protocol }: EvaluationResult): string[] {
  return describeProtocol(protocol).flatMap(({ label, text }) =>
    ['candidates', 'seen items', 'history', 'ties'].includes(label) ? [`${label}: ${text}`] : [],
  );
}
