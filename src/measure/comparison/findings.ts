import type { ComparedCell, Finding, MetricComparison } from './comparison.ts';
import { USUAL_GUARDS, type ComparisonOptions } from './comparison-options.ts';
import { ComparisonError } from './comparison-error.ts';
import type { ComparedMetric } from './evaluator.ts';
import { beyondToleranceP, detectableDifference, holmAdjusted } from './significance.ts';

/** Which metric decides about a task. */
export type DecisionMetricOf = (task: string) => ComparedMetric;

/** A finding before its family is known. */
type Candidate = Omit<Finding, 'adjusted' | 'verdict' | 'detectable'> & { readonly standardError: number };

/**
 * What the rules ask of a comparison: each primary task over all, each guarded task over all, the calibration of every task that has one, and each
 * of the primary and guarded tasks in every segment that is large enough. Each of the four is a family for Holm's correction.
 *
 * @throws ComparisonError `COMPARISON_OPTION` for a primary or guarded task that is not compared, or is both; `COMPARISON_EMPTY` where no primary task can be measured
 */
export function findingsOf(cells: readonly ComparedCell[], decisionMetric: DecisionMetricOf, options: ComparisonOptions): Finding[] {
  const primaryTasks = primaryTasksOf([...new Set(cells.map(({ task }) => task))], options);
  const overall = cells.filter(({ segment }) => segment === null);
  const about = (cell: ComparedCell, role: Finding['role'], metric: ComparedMetric, tolerance = 0): Candidate[] => {
    const found = cell.metrics.find((each) => each.metric === metric);
    return found === undefined ? [] : [candidate(cell, role, found, tolerance)];
  };
  const primary = overall.flatMap((cell) => (primaryTasks.has(cell.task) ? about(cell, 'primary', decisionMetric(cell.task)) : []));
  if (primary.length === 0) {
    const why = overall
      .filter(({ task }) => primaryTasks.has(task))
      .map(({ task, tooSmall }) => `${task} has ${tooSmall ?? 'no such metric'}`);
    throw new ComparisonError('COMPARISON_EMPTY', `No primary task can be measured: ${why.join('; ')}. Compare on more data.`, { why });
  }
  const isGuarded = (task: string) => options.guardTasks.includes(task) && !primaryTasks.has(task);
  const guard = overall.flatMap((cell) => (isGuarded(cell.task) ? about(cell, 'guard', decisionMetric(cell.task)) : []));
  const calibration = overall.flatMap((cell) =>
    about(cell, 'calibration', 'debiased ECE', options.calibrationTolerance * (cell.rate ?? 0)),
  );
  const segments = cells.flatMap((cell) =>
    cell.segment !== null && (primaryTasks.has(cell.task) || isGuarded(cell.task))
      ? about(cell, 'segment', decisionMetric(cell.task), options.relevantDifference)
      : [],
  );
  return [primary, guard, calibration, segments].flatMap((family) => judge(family, options));
}

/**
 * The tasks that the decision rests on.
 *
 * @throws ComparisonError `COMPARISON_OPTION` for a primary task that is not compared
 */
export function primaryTasksOf(tasks: readonly string[], { primaryTasks, guardTasks }: ComparisonOptions): ReadonlySet<string> {
  const unknown = primaryTasks?.find((task) => !tasks.includes(task));
  if (unknown !== undefined) {
    throw new ComparisonError('COMPARISON_OPTION', `primary task ${unknown} is not compared: there are ${tasks.join(', ')}`, {
      unknown,
      tasks,
    });
  }
  // The usual guard is asked for by nobody: it may be no task, or one that decides.
  const asked = guardTasks.filter((task) => !USUAL_GUARDS.includes(task));
  const stranger = asked.find((task) => !tasks.includes(task));
  if (stranger !== undefined) {
    throw new ComparisonError('COMPARISON_OPTION', `guarded task ${stranger} is not compared: there are ${tasks.join(', ')}`, {
      stranger,
      tasks,
    });
  }
  const both = asked.find((task) => primaryTasks?.includes(task));
  if (both !== undefined) {
    throw new ComparisonError('COMPARISON_OPTION', `task ${both} is both primary and guarded: name it once`, { both });
  }
  const unguarded = tasks.filter((task) => !guardTasks.includes(task));
  // Where all are guarded there would be nothing to decide by.
  return new Set(primaryTasks ?? (unguarded.length > 0 ? unguarded : tasks));
}

function candidate(
  { task, segmentation, segment }: ComparedCell,
  role: Finding['role'],
  found: MetricComparison,
  tolerance: number,
): Candidate {
  const { metric, lessIsBetter, difference, interval, standardError, pValue } = found;
  const [low, high] = interval;
  return {
    ...{ task, segmentation, segment, role, metric, tolerance, standardError },
    // Written without −0.
    benefit: lessIsBetter ? 0 - difference : difference,
    interval: lessIsBetter ? [0 - high, 0 - low] : [low, high],
    pValue: tolerance === 0 ? pValue : beyondToleranceP(difference, standardError, tolerance),
  };
}

function judge(family: readonly Candidate[], { alpha, power }: ComparisonOptions): Finding[] {
  const adjusted = holmAdjusted(family.map(({ pValue }) => pValue));
  return family.map(({ standardError, ...finding }, at) => ({
    ...finding,
    adjusted: adjusted[at]!,
    verdict: adjusted[at]! > alpha || finding.benefit === 0 ? 'unclear' : finding.benefit > 0 ? 'better' : 'worse',
    detectable: finding.tolerance + detectableDifference(standardError, alpha, power, family.length),
  }));
}
