import type { FeatureDefinition } from '../feature-declaration.ts';
import { termSql } from './event-sql.ts';
import type { ViewPlan } from './view-plan.ts';

/**
 * The last events of a key. They are numbered in order of (time, offset): place `j`. When `n` of them are known and the
 * latest known has place `m`, then `m − n` before it are not known yet, so the last `count` known ones are among the
 * places `n − count + 1` to `m`. Questions between which no such event came share one answer.
 */
export function lastSql(plan: ViewPlan, { where, of, count }: Extract<FeatureDefinition, { kind: 'last' }>): string {
  const filter = plan.filter(where);
  const { column, many } = plan.term(of, filter);
  const id = `last_${filter}_${of}`;
  const terms = `${id}_terms`;
  const lists = `${id}_${count}`;
  const has = many ? `len(${column}) > 0` : `${column} IS NOT NULL`;
  plan.before(
    terms,
    `SELECT k, seen, ${column} AS term, row_number() OVER (PARTITION BY k ORDER BY ts, o) AS j FROM facts WHERE ${filter} AND ${has}`,
  );
  plan.timeline.rows(`SELECT k, seen + 1 AS m, j AS ${id}_j FROM ${terms}`);
  plan.timeline.running(`${id}_n`, `count(${id}_j)`);
  plan.timeline.running(`${id}_m`, `max(${id}_j)`);
  const states = `SELECT k, ${id}_n AS n, ${id}_m AS m, min(t) AS t FROM asked WHERE ${id}_n > 0 GROUP BY ALL`;
  const places = `SELECT k, n, t, unnest(range(greatest(1, n - ${count} + 1), m + 1)) AS j FROM (${states})`;
  const list = `list(term ORDER BY j)[-${count}:]`;
  plan.after(
    lists,
    `SELECT k, n, ${termSql(of).many ? `flatten(${list})` : list} AS terms FROM (${places}) JOIN ${terms} l USING (k, j) ` +
      `WHERE l.seen < t GROUP BY k, n`,
  );
  plan.join(`LEFT JOIN ${lists} ON ${lists}.k = a.k AND ${lists}.n = a.${id}_n`);
  return `coalesce(${lists}.terms, CAST([] AS VARCHAR[]))`;
}
