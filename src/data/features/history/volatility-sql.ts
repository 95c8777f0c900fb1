import type { FeatureDefinition } from '../feature-declaration.ts';
import { windowPanes } from '../window-panes.ts';
import { latestPrice, pricesTable } from './price-sql.ts';
import type { ViewPlan } from './view-plan.ts';

/**
 * Volatility. The closes of the panes before the one in progress change only when a pane ends or a late price comes: they
 * are worked out once for all questions between two such changes. The return to the price of the moment is added to their
 * count, mean and sum of squares as in Welford 1962.
 */
export function volatilitySql(plan: ViewPlan, { window }: Extract<FeatureDefinition, { kind: 'volatility' }>): string {
  const windowed = windowPanes(window);
  if (windowed === null || windowed.panes < 2) return 'CAST(NULL AS DOUBLE)';
  const { paneMs, panes, behind } = windowed;
  const prices = pricesTable(plan);
  const now = latestPrice(plan, paneMs, behind);
  const id = `closes_${paneMs}`;
  const settled = `settled_${paneMs}_${panes}`;
  // The place of a pane's close from `since` until `till`, both after the pane's end.
  plan.before(
    id,
    `SELECT k, q, m AS since, max(j) OVER (PARTITION BY k, q ORDER BY m) AS j, lead(m) OVER (PARTITION BY k, q ORDER BY m) AS till ` +
      `FROM (SELECT k, ts // ${paneMs} AS q, greatest(seen + 1, (ts // ${paneMs} + 1) * ${paneMs}) AS m, max(j) AS j FROM ${prices} GROUP BY ALL)`,
  );
  const { column, unit } = plan.timeline.counter(`${id}_n`);
  plan.timeline.rows(`SELECT k, since AS m, ${unit} AS ${column} FROM ${id}`);
  const states = `SELECT k, t // ${paneMs} AS p, ${id}_n AS n, min(t) AS t FROM asked GROUP BY ALL`;
  const questions = `SELECT k, p, n, t, unnest(range(p - ${panes - 1}, p)) AS q FROM (${states})`;
  const closes =
    `SELECT s.k, p, n, q, price FROM (${questions}) s JOIN ${id} c USING (k, q) JOIN ${prices} ON ${prices}.k = c.k AND ${prices}.j = c.j ` +
    `WHERE c.since <= s.t AND (c.till IS NULL OR c.till > s.t)`;
  const returns = `SELECT *, ln(price / lag(price) OVER (PARTITION BY k, p, n ORDER BY q)) AS r FROM (${closes})`;
  plan.after(
    settled,
    `SELECT k, p, n, count(r) AS returns, avg(r) AS mean, coalesce(var_pop(r) * count(r), 0) AS squares, arg_max(price, q) AS price ` +
      `FROM (${returns}) GROUP BY ALL`,
  );
  plan.join(`LEFT JOIN ${settled} ON ${settled}.k = a.k AND ${settled}.p = a.t // ${paneMs} AND ${settled}.n = a.${id}_n`);
  const present = `${now}.ts // ${paneMs} = a.t // ${paneMs} AND ${settled}.price IS NOT NULL`;
  const added = `ln(${now}.price / ${settled}.price) - ${settled}.mean`;
  const n = `${settled}.returns`;
  return (
    `CASE WHEN ${present} THEN CASE WHEN ${n} >= 1 THEN sqrt((${settled}.squares + pow(${added}, 2) * ${n} / (${n} + 1)) / ${n}) END ` +
    `WHEN ${n} >= 2 THEN sqrt(${settled}.squares / (${n} - 1)) END`
  );
}
