import type { FeatureDefinition } from '../feature-declaration.ts';
import { biasConstant } from '../hyper-log-log.ts';
import { sealedSql } from './sealed-sql.ts';
import { sqlDouble } from './sql-text.ts';
import type { ViewPlan } from './view-plan.ts';

/** HyperLogLog as in hyper-log-log.ts, in SQL. */
export function distinctSql(plan: ViewPlan, { where, of, precision, window }: Extract<FeatureDefinition, { kind: 'distinct' }>): string {
  const sealed = sealedSql(plan, window);
  if (sealed === null) return '0::DOUBLE';
  const filter = plan.filter(where);
  const { column, many } = plan.term(of, filter);
  const registers = 2 ** precision;
  const restBits = 64 - precision;
  const id = `distinct_${filter}_${of}_${precision}_${JSON.stringify(window).replaceAll(/\W+/g, '_')}`;
  const terms =
    `SELECT DISTINCT k, ${sealed.pane} AS q, ${many ? `unnest(${column})` : column} AS term FROM facts ` +
    `WHERE ${filter} AND ${column} IS NOT NULL AND ${sealed.onTime}`;
  const hashes = `SELECT k, q, CAST('0x' || left(md5(term), 16) AS UBIGINT) AS h FROM (${terms})`;
  const marks =
    `SELECT k, q, CAST(h >> ${restBits} AS USMALLINT) AS register, CAST(CASE WHEN h % ${2n ** BigInt(restBits)} = 0 THEN ${restBits + 1} ` +
    `ELSE ${restBits + 1} - length(bin(h % ${2n ** BigInt(restBits)})) END AS UTINYINT) AS rank FROM (${hashes})`;
  plan.before(`${id}_marks`, `SELECT k, q, register, max(rank) AS rank FROM (${marks}) GROUP BY ALL`);
  const merged = `SELECT k, p, register, max(rank) AS rank FROM (${sealed.panes}) JOIN ${id}_marks USING (k, q) GROUP BY ALL`;
  // The two sums of estimateDistinct, in whole numbers; untouched registers have rank 0 and add 2^30 each.
  const sums =
    `SELECT k, p, ${registers} - count(*) AS untouched, ` +
    `CAST(coalesce(sum(CASE WHEN rank <= 30 THEN 1::BIGINT << (30 - rank) END), 0) AS DOUBLE) AS large, ` +
    `CAST(coalesce(sum(CASE WHEN rank > 30 THEN 1::BIGINT << (64 - rank) END), 0) AS DOUBLE) AS small FROM (${merged}) GROUP BY ALL`;
  const scale = sqlDouble(biasConstant(registers) * registers * registers);
  const estimate = `SELECT k, p, untouched, ${scale} / ((large + untouched * ${2 ** 30}) * ${sqlDouble(2 ** -30)} + small * ${sqlDouble(2 ** -64)}) AS e FROM (${sums})`;
  plan.after(
    id,
    `SELECT k, p, floor(CASE WHEN e <= ${sqlDouble(2.5 * registers)} AND untouched > 0 ` +
      `THEN ${registers}::DOUBLE * ln(${registers}::DOUBLE / untouched) ELSE e END + 0.5::DOUBLE) AS terms FROM (${estimate})`,
  );
  plan.join(`LEFT JOIN ${id} ON ${id}.k = a.k AND ${id}.p = ${sealed.latest}`);
  return `coalesce(${id}.terms, 0)`;
}
