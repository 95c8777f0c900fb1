import type { EventFilter, EventNumber, FeatureWindow } from '../feature-declaration.ts';
import { windowPanes, type WindowPanes } from '../window-panes.ts';
import type { ViewPlan } from './view-plan.ts';

/**
 * Sums over windows, on the timeline. Sums of numbers run in whole units of 2^−bits, small enough that nothing is lost and
 * large enough that none overflows: adding and taking away leaves no rounding behind, however long the log is.
 */
export interface Flows {
  /** Expression over `asked` (as `a`) of a sum over a window: a DOUBLE, 0 without events. */
  sum(plan: ViewPlan, where: EventFilter, of: EventNumber, window: FeatureWindow): string;
  /** Puts the rows of all windows on the timeline, when every sum has been asked for. */
  finish(plan: ViewPlan): void;
  /** Statements that choose the units, once `facts` is there. */
  scales(): readonly string[];
}

interface Flow {
  /** Column of the timeline. */
  readonly column: string;
  readonly filter: string;
  /** What one event adds to it. */
  readonly amount: string;
}

/** No {@link Flows} yet. */
export function createFlows(): Flows {
  const names = new Map<string, string>();
  const windows = new Map<string, { readonly panes: WindowPanes; readonly flows: Flow[] }>();
  const scaled = new Set<'value' | 'quantity'>();

  function addFlow(plan: ViewPlan, name: string, filter: string, of: EventNumber, panes: WindowPanes | null): void {
    let flow: Flow;
    if (of === 'one') {
      const { column, unit } = plan.timeline.counter(name);
      flow = { column, filter, amount: unit };
    } else {
      plan.number(of);
      scaled.add(of);
      plan.timeline.sum(name);
      flow = { column: name, filter, amount: `CAST(${of} * getvariable('scale_${of}') AS HUGEINT)` };
    }
    if (panes === null) {
      plan.timeline.fact(flow.column, `CASE WHEN ${filter} THEN ${flow.amount} END`, filter);
      return;
    }
    const key = JSON.stringify(panes);
    const known = windows.get(key) ?? { panes, flows: [] };
    known.flows.push(flow);
    windows.set(key, known);
  }

  return {
    sum(plan, where, of, window) {
      const filter = plan.filter(where);
      const panes = windowPanes(window);
      const id = JSON.stringify([filter, of, panes]);
      const name = names.get(id) ?? `c${names.size}`;
      if (!names.has(id)) {
        names.set(id, name);
        addFlow(plan, name, filter, of, panes);
      }
      const total = `CAST(a.${name} AS DOUBLE)`;
      return of === 'one' ? total : `(${total} / getvariable('scale_${of}'))`;
    },
    finish(plan) {
      for (const { panes, flows } of windows.values()) putOnTimeline(plan, panes, flows);
    },
    // Σ|x| × 2^bits stays below 2^120; more than 64 bits behind the point would serve nothing.
    scales: () =>
      [...scaled].map(
        (of) =>
          `SET VARIABLE scale_${of} = (SELECT pow(2::DOUBLE, least(64, 120 - ceil(log2(1 + coalesce(sum(abs(${of})), 0))))) FROM facts)`,
      ),
  };
}

/** The beginning and the end of the stretch in which an event counts. */
function putOnTimeline(plan: ViewPlan, { paneMs, panes, behind }: WindowPanes, flows: readonly Flow[]): void {
  const opens = `(ts // ${paneMs} + ${behind}) * ${paneMs}`;
  const closes = `(ts // ${paneMs} + ${behind + panes}) * ${paneMs}`;
  // Of a sliding window an event that is known once its pane has begun counts from its own row of the timeline on.
  const prompt = behind === 0 ? `seen + 1 >= ${opens} AND seen + 1 < ${closes}` : 'false';
  if (behind === 0) {
    for (const { column, filter, amount } of flows) {
      plan.timeline.fact(column, `CASE WHEN ${filter} AND ${prompt} THEN ${amount} END`, filter);
    }
  }
  const filters = [...new Set(flows.map(({ filter }) => filter))].join(' OR ');
  const columns = [...new Set(flows.map(({ column }) => column))];
  const amounts = (sign: string) =>
    columns.map((column) => {
      const parts = flows.filter((flow) => flow.column === column);
      return `${sign}(${parts.map(({ filter, amount }) => totalOf(filter, amount)).join(' + ')}) AS ${column}`;
    });
  plan.timeline.rows(
    `SELECT k, ${closes} AS m, ${amounts('-').join(', ')} FROM facts WHERE (${filters}) AND seen + 1 < ${closes} ` +
      `AND ${closes} <= (SELECT max(t) FROM asks) GROUP BY ALL`,
  );
  plan.timeline.rows(
    `SELECT k, greatest(seen + 1, ${opens}) AS m, ${amounts('').join(', ')} FROM facts WHERE (${filters}) AND seen + 1 < ${closes} ` +
      `AND NOT (${prompt}) GROUP BY ALL`,
  );
}

/** Total of a group: a constant amount is counted, which is cheaper than adding 128-bit numbers up. */
function totalOf(filter: string, amount: string): string {
  if (amount.endsWith('::HUGEINT')) return `count_if(${filter}) * ${amount}`;
  return `coalesce(sum(CASE WHEN ${filter} THEN ${amount} END), 0)`;
}
