import { checkScoredImpressions, type ScoredImpressions } from '../impressions/scored-impressions.ts';
import { estimatesOf, replicate } from './compare-cell.ts';
import type { ComparisonWork } from './compare-impressions.ts';
import type { CellCounts, CellName, Estimate } from './comparison.ts';
import { comparisonOptions, type ComparisonOptions } from './comparison-options.ts';
import type { ComparedMetric } from './evaluator.ts';
import { answersOf, cellEvaluators, planCells, unitsOf } from './plan-cells.ts';
import { tellingSegmentations } from './telling-segmentations.ts';
import { createUserDraws } from './user-draws.ts';

/** One model's metrics in one cell; none where it is too small. */
export interface MeasuredCell extends CellName, CellCounts {
  readonly estimates: readonly (Estimate & { readonly metric: ComparedMetric })[];
}

/** One model's metrics. Plain data. */
export interface ImpressionMeasures {
  readonly source: ScoredImpressions['source'];
  readonly options: ComparisonOptions;
  /** Overall cells first, then segment by segment. */
  readonly cells: readonly MeasuredCell[];
  readonly notes: readonly string[];
}

/**
 * The metrics of one model, each task over all and in each segment, with intervals of a bootstrap that draws whole users: the same figures that
 * `compareImpressions` has. O(resamples × places × tasks × (1 + segmentations)).
 *
 * @throws ImpressionsError `IMPRESSIONS_INVALID`; ComparisonError `COMPARISON_OPTION`
 */
export async function measureImpressions(
  impressions: ScoredImpressions,
  given: Partial<ComparisonOptions> = {},
  work: ComparisonWork = {},
): Promise<ImpressionMeasures> {
  const options = comparisonOptions(given);
  checkScoredImpressions(impressions);
  const { telling, notes } = tellingSegmentations(impressions.segmentations);
  const units = unitsOf(impressions);
  const draws = createUserDraws(units.userCount, options.resamples, options.seed);
  const planned = impressions.tasks.map((task) => ({ task, plans: planCells(task, telling, units, options) }));
  const total = planned.reduce((sum, { plans }) => sum + plans.length, 0);
  const cells: MeasuredCell[] = [];
  for (const { task, plans } of planned) {
    const answers = answersOf(task, options, plans[0]!);
    for (const plan of plans) {
      const { kind: _kind, rows: _rows, ...cell } = plan;
      work.onProgress?.(cells.length, total, task.name);
      const isMeasured = plan.tooSmall === null;
      const [own] = isMeasured ? await replicate([cellEvaluators(plan, answers, units, options)], draws, work.pause) : [];
      cells.push({ ...cell, estimates: own === undefined ? [] : estimatesOf(own, options) });
    }
  }
  const overall = cells.filter(({ segment }) => segment === null);
  return { source: impressions.source, options, cells: [...overall, ...cells.filter(({ segment }) => segment !== null)], notes };
}
