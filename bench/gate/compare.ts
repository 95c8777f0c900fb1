import type { Condition, Figures } from './gate-file.ts';

/** How a figure stands beside that of the last time; `new` where there was none. */
export type Trend = 'better' | 'worse' | 'same' | 'new';

/** A condition with what was measured. */
export interface Verdict {
  readonly condition: Condition;
  /** Undefined where the command did not give this figure. */
  readonly figure: number | boolean | undefined;
  readonly holds: boolean;
  readonly trend: Trend;
}

/** Relative change that counts as noise unless a condition says otherwise. */
const NOISE_DEFAULT = 0.02;

/**
 * Holds figures against conditions. A missing figure, one that is not a number, or one of another type than the bar
 * never holds.
 */
export function compare(conditions: readonly Condition[], figures: Figures, previous: Figures = {}): readonly Verdict[] {
  return conditions.map((condition) => {
    const figure = Object.hasOwn(figures, condition.metric) ? figures[condition.metric] : undefined;
    const last = Object.hasOwn(previous, condition.metric) ? previous[condition.metric] : undefined;
    return { condition, figure, holds: holds(condition, figure), trend: trendOf(condition, figure, last) };
  });
}

function holds({ operator, value }: Condition, figure: number | boolean | undefined): boolean {
  if (typeof figure !== typeof value || figure === undefined) return false;
  if (operator === '=') return figure === value;
  if (typeof figure !== 'number' || typeof value !== 'number') return false;
  return operator === '>=' ? figure >= value : figure <= value;
}

function trendOf(condition: Condition, figure: number | boolean | undefined, last: number | boolean | undefined): Trend {
  if (figure === undefined || last === undefined || typeof figure !== typeof last) return 'new';
  if (typeof figure === 'boolean' || typeof last === 'boolean' || condition.operator === '=') {
    if (figure === last) return 'same';
    return distance(figure, condition.value) < distance(last, condition.value) ? 'better' : 'worse';
  }
  const change = figure - last;
  if (Math.abs(change) <= (condition.noise ?? NOISE_DEFAULT) * Math.abs(last)) return 'same';
  return change > 0 === (condition.operator === '>=') ? 'better' : 'worse';
}

function distance(figure: number | boolean, value: number | boolean): number {
  return Math.abs(Number(figure) - Number(value));
}

/**
 * The figures of several runs as one: the median of numbers (the lower of the middle two), for truths whether all
 * hold. A figure that one run lacks is left out.
 */
export function summarize(runs: readonly Figures[]): Figures {
  const [first = {}] = runs;
  const summary: Figures = {};
  for (const metric of Object.keys(first)) {
    const values = runs.map((run) => run[metric]);
    if (values.every((value) => typeof value === 'boolean')) summary[metric] = values.every(Boolean);
    if (values.every((value) => typeof value === 'number')) {
      summary[metric] = values.toSorted((left, right) => left - right)[Math.floor((values.length - 1) / 2)]!;
    }
  }
  return summary;
}
