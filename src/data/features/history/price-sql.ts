import type { FeatureDefinition } from '../feature-declaration.ts';
import { PRICES } from '../event-filter.ts';
import { windowPanes } from '../window-panes.ts';
import type { ViewPlan } from './view-plan.ts';

/** Table of all prices: `k`, `at`, `seen`, `price`, and their place `j` in order of (time, offset). */
export function pricesTable(plan: ViewPlan): string {
  const filter = plan.filter(PRICES);
  plan.number('value');
  plan.before(
    'prices',
    `SELECT k, ts, seen, value AS price, row_number() OVER (PARTITION BY k ORDER BY ts, o) AS j FROM facts WHERE ${filter} AND value > 0`,
  );
  return 'prices';
}

/**
 * Joins the latest price of all panes up to some number before the present one, as a table's alias. The set of those
 * prices only grows with the moment, so the latest is a running maximum of places: late prices and clocks ahead included.
 *
 * @param behind 0: the pane in progress counts; 1: the panes before it; and so on.
 */
export function latestPrice(plan: ViewPlan, paneMs: number, behind: number): string {
  const prices = pricesTable(plan);
  const alias = `price_${paneMs}_${behind}`;
  plan.timeline.rows(
    `SELECT k, greatest(seen + 1, (ts // ${paneMs} + ${behind}) * ${paneMs}) AS m, max(j) AS ${alias}_j FROM ${prices} GROUP BY ALL`,
  );
  plan.timeline.maximum(`${alias}_j`);
  plan.join(`LEFT JOIN ${prices} ${alias} ON ${alias}.k = a.k AND ${alias}.j = a.${alias}_j`);
  return alias;
}

/** Return of a price over a window. */
export function priceReturnSql(plan: ViewPlan, { window }: Extract<FeatureDefinition, { kind: 'price-return' }>): string {
  const panes = windowPanes(window);
  if (panes === null) return 'CAST(NULL AS DOUBLE)';
  const now = latestPrice(plan, panes.paneMs, panes.behind);
  const then = latestPrice(plan, panes.paneMs, panes.behind + panes.panes);
  const first = `a.t // ${panes.paneMs} - ${panes.behind + panes.panes - 1}`;
  return `CASE WHEN ${now}.ts // ${panes.paneMs} >= ${first} THEN ${now}.price / ${then}.price - 1 END`;
}
