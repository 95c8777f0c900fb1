import { servedScores, type ScoredImpressions, type ScoredTask, type Segmentation } from '../impressions/scored-impressions.ts';
import { areaEvaluator, groupedAreaEvaluator } from './area-evaluators.ts';
import { calibrationEvaluator } from './calibration-evaluator.ts';
import { orderByScore, type CellData } from './cell-data.ts';
import type { CellCounts, CellName } from './comparison.ts';
import type { ComparisonOptions } from './comparison-options.ts';
import { entropyEvaluator } from './entropy-evaluator.ts';
import type { Evaluator } from './evaluator.ts';
import { gainEvaluator } from './gain-evaluator.ts';

/** Users and lists of impressions numbered from 0 in the order they are met: what resamples draw and groups are made by. */
export interface ImpressionUnits {
  readonly users: Int32Array;
  readonly userCount: number;
  readonly lists: Int32Array;
  readonly listCount: number;
}

/** A cell before it is measured. */
export interface CellPlan extends CellName, CellCounts {
  readonly kind: ScoredTask['kind'];
  readonly rows: Int32Array;
}

/** Numbers users and lists. O(places). */
export function unitsOf({ users, lists }: Pick<ScoredImpressions, 'users' | 'lists'>): ImpressionUnits {
  const numbers = new Map<number, number>();
  const denseUsers = new Int32Array(users.length);
  const denseLists = new Int32Array(users.length);
  let listCount = 0;
  for (let at = 0; at < users.length; at++) {
    const number = numbers.get(users[at]!) ?? numbers.size;
    numbers.set(users[at]!, number);
    denseUsers[at] = number;
    if (at > 0 && lists[at] !== lists[at - 1]) listCount++;
    denseLists[at] = listCount;
  }
  return { users: denseUsers, userCount: numbers.size, lists: denseLists, listCount: users.length === 0 ? 0 : listCount + 1 };
}

/** The cells of one task: over all, then each segment of each segmentation. O(places × segmentations). */
export function planCells(
  task: Pick<ScoredTask, 'name' | 'kind' | 'labels'>,
  segmentations: readonly Segmentation[],
  units: ImpressionUnits,
  options: ComparisonOptions,
): CellPlan[] {
  const { name, kind, labels } = task;
  const labelled: number[] = [];
  for (let row = 0; row < labels.length; row++) if (!Number.isNaN(labels[row]!)) labelled.push(row);
  const rows = Int32Array.from(labelled);
  const plan = (own: Int32Array, segmentation: string | null, segment: string | null): CellPlan => ({
    ...{ task: name, kind, segmentation, segment, rows: own },
    ...countsOf(own, task, units, options),
  });
  return [
    plan(rows, null, null),
    ...segmentations.flatMap(({ name: segmentation, names, codes }) =>
      names.map((segment, code) =>
        plan(
          rows.filter((row) => codes[row] === code),
          segmentation,
          segment,
        ),
      ),
    ),
  ];
}

function countsOf(
  rows: Int32Array,
  { kind, labels }: Pick<ScoredTask, 'kind' | 'labels'>,
  units: ImpressionUnits,
  { usersMin, outcomesMin }: ComparisonOptions,
): CellCounts {
  const met = new Uint8Array(units.userCount);
  let [users, sum, positives] = [0, 0, 0];
  for (const row of rows) {
    const user = units.users[row]!;
    if (met[user] === 0) users++;
    met[user] = 1;
    sum += labels[row]!;
    if (labels[row]! > 0) positives++;
  }
  const negatives = rows.length - positives;
  const few = (count: number, what: string, least: number) => (count < least ? [`${count} ${what}, fewer than ${least}`] : []);
  const why = [
    ...few(users, 'users', usersMin),
    ...few(positives, kind === 'binary' ? 'positives' : 'places with a grade', outcomesMin),
    ...few(negatives, kind === 'binary' ? 'negatives' : 'places of grade 0', kind === 'binary' ? outcomesMin : 0),
  ];
  return {
    examples: rows.length,
    users,
    rate: kind === 'binary' && rows.length > 0 ? sum / rows.length : null,
    tooSmall: rows.length === 0 ? 'empty' : why.length === 0 ? null : why.join(' and '),
  };
}

/** One model's answers to one task, sorted once for all its cells. */
export interface TaskAnswers {
  readonly labels: Float32Array;
  readonly scores: Float32Array;
  /** Rows with a label by ascending score. */
  readonly order: Int32Array;
}

/** Sorts the answers of a task. O(n log n). */
export function answersOf(task: ScoredTask, { scores: which }: Pick<ComparisonOptions, 'scores'>, all: CellPlan): TaskAnswers {
  const scores = which === 'served' ? servedScores(task) : task.scores;
  return { labels: task.labels, scores, order: orderByScore(all.rows, scores) };
}

/** All metrics of a cell under one model, ready for resamples. O(places), and what the metrics themselves prepare. */
export function cellEvaluators(
  plan: CellPlan,
  { labels, scores, order }: TaskAnswers,
  units: ImpressionUnits,
  { bins, cutoffs }: ComparisonOptions,
): Evaluator[] {
  const isOwn = plan.segment === null ? null : membership(plan.rows, labels.length);
  const data: CellData = {
    ...{ labels, scores, ...units, rows: plan.rows },
    order: isOwn === null ? order : order.filter((row) => isOwn[row] === 1),
  };
  const gains = cutoffs.map((cutoff) => gainEvaluator(data, cutoff, plan.kind === 'graded'));
  if (plan.kind === 'graded') return gains;
  return [
    areaEvaluator(data),
    groupedAreaEvaluator(data, 'user'),
    groupedAreaEvaluator(data, 'list'),
    entropyEvaluator(data),
    calibrationEvaluator(data, 'equal-mass', bins),
    calibrationEvaluator(data, 'equal-width', bins),
    ...gains,
  ];
}

function membership(rows: Int32Array, count: number): Uint8Array {
  const member = new Uint8Array(count);
  for (const row of rows) member[row] = 1;
  return member;
}
