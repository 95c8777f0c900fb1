import type { FeatureDefinition } from '../feature-declaration.ts';
import { sealedSql } from './sealed-sql.ts';
import type { ViewPlan } from './view-plan.ts';

/** Most frequent terms: a pane keeps the terms that it meets first, in order of offset and of the event's own order. */
export function topSql(plan: ViewPlan, definition: Extract<FeatureDefinition, { kind: 'top' }>): string {
  const { where, of, count, termsMax, window } = definition;
  const sealed = sealedSql(plan, window);
  if (sealed === null) return 'CAST([] AS VARCHAR[])';
  const filter = plan.filter(where);
  const { column, many } = plan.term(of, filter);
  const id = `top_${filter}_${of}_${termsMax}_${JSON.stringify(window).replaceAll(/\W+/g, '_')}`;
  const term = many ? `unnest(${column}) AS term, generate_subscripts(${column}, 1) AS place` : `${column} AS term, 1 AS place`;
  const met =
    `SELECT k, ${sealed.pane} AS q, o, ${term} FROM facts WHERE ${filter} AND ${column} IS NOT NULL ` +
    `${many ? `AND len(${column}) > 0 ` : ''}AND ${sealed.onTime}`;
  const counts = `SELECT k, q, term, count(*) AS n, min((o, place)) AS met FROM (${met}) GROUP BY k, q, term`;
  plan.before(
    `${id}_panes`,
    `SELECT k, q, term, n FROM (${counts}) QUALIFY row_number() OVER (PARTITION BY k, q ORDER BY met) <= ${termsMax}`,
  );
  const sums = `SELECT k, p, term, sum(n) AS n FROM (${sealed.panes}) JOIN ${id}_panes USING (k, q) GROUP BY ALL`;
  plan.after(`${id}_${count}`, `SELECT k, p, list(term ORDER BY n DESC, term)[:${count}] AS terms FROM (${sums}) GROUP BY ALL`);
  plan.join(`LEFT JOIN ${id}_${count} ON ${id}_${count}.k = a.k AND ${id}_${count}.p = ${sealed.latest}`);
  return `coalesce(${id}_${count}.terms, CAST([] AS VARCHAR[]))`;
}
