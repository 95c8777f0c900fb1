import type { FeatureDefinition } from '../feature-declaration.ts';
import { QUANTILE_EDGES, quantileBinMidpoint } from '../quantile-bins.ts';
import { sealedSql } from './sealed-sql.ts';
import { sqlDouble } from './sql-text.ts';
import type { ViewPlan } from './view-plan.ts';

/** Statement that makes `quantile_bins`: bin, least size, and the number that stands for it. Once a connection. */
export function quantileBinsTable(): string {
  const bins = Array.from({ length: QUANTILE_EDGES.length + 1 }, (_, bin) => {
    const least = bin === 0 ? -1 : QUANTILE_EDGES[bin - 1]!;
    return `(${bin}, ${sqlDouble(least)}, ${sqlDouble(quantileBinMidpoint(bin))})`;
  });
  return `CREATE TEMP TABLE quantile_bins AS SELECT bin, least, middle FROM (VALUES ${bins.join(', ')}) bins(bin, least, middle)`;
}

/** A quantile from the bins of quantile-bins.ts. */
export function quantileSql(plan: ViewPlan, definition: Extract<FeatureDefinition, { kind: 'quantile' }>): string {
  const { where, of, quantile, window } = definition;
  const sealed = sealedSql(plan, window);
  if (sealed === null) return 'CAST(NULL AS DOUBLE)';
  const filter = plan.filter(where);
  plan.number(of);
  const id = `bins_${filter}_${of}_${JSON.stringify(window).replaceAll(/\W+/g, '_')}`;
  const result = `${id}_${String(quantile).replaceAll(/\W+/g, '_')}`;
  const numbers = `SELECT k, ${sealed.pane} AS q, ${of} AS x FROM facts WHERE ${filter} AND ${of} IS NOT NULL AND ${sealed.onTime}`;
  plan.before(
    id,
    `SELECT k, q, CASE WHEN x < 0 THEN -b.bin ELSE b.bin END AS bin, count(*) AS n FROM (${numbers}) ` +
      `ASOF JOIN quantile_bins b ON abs(x) >= b.least GROUP BY ALL`,
  );
  const sums = `SELECT k, p, bin, sum(n) AS n FROM (${sealed.panes}) JOIN ${id} USING (k, q) GROUP BY ALL`;
  const ranks = `SELECT k, p, bin, sum(n) OVER (PARTITION BY k, p ORDER BY bin) AS below, sum(n) OVER (PARTITION BY k, p) AS total FROM (${sums})`;
  const chosen =
    `SELECT k, p, min(bin) AS bin FROM (${ranks}) ` +
    `WHERE CAST(below AS DOUBLE) >= greatest(1::DOUBLE, ceil(${sqlDouble(quantile)} * CAST(total AS DOUBLE))) GROUP BY ALL`;
  plan.after(
    result,
    `SELECT k, p, CASE WHEN c.bin < 0 THEN -b.middle ELSE b.middle END AS x FROM (${chosen}) c JOIN quantile_bins b ON b.bin = abs(c.bin)`,
  );
  plan.join(`LEFT JOIN ${result} ON ${result}.k = a.k AND ${result}.p = ${sealed.latest}`);
  return `${result}.x`;
}
