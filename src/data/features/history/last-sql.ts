import type { FeatureDefinition } from '../feature-declaration.ts';
import { termSql } from './event-sql.ts';
import type { ViewPlan } from './view-plan.ts';

/**
 * The last events of a key. They are numbered in order of (time, offset): place `j`. When `n` of them are known and the
 * latest known has place `m`, then `m − n` before it are not known yet, so the last `count` known ones are among the
 * places `n − count + 1` to `m`. Questions between which no such event came share one answer.
 *
 * Terms lie in blocks of `count` places, so three blocks hold an answer unless more than `count` events are still under
 * way; those few answers are put together term by term.
 */
export function lastSql(plan: ViewPlan, { where, of, count }: Extract<FeatureDefinition, { kind: 'last' }>): string {
  const filter = plan.filter(where);
  const { column, many } = plan.term(of, filter);
  const id = `last_${filter}_${of}`;
  const terms = `${id}_terms`;
  const blocks = `${id}_${count}_blocks`;
  const lists = `${id}_${count}`;
  const has = many ? `len(${column}) > 0` : `${column} IS NOT NULL`;
  const flat = (list: string) => (termSql(of).many ? `flatten(${list})` : list);
  plan.before(
    terms,
    `SELECT k, seen, ${column} AS term, row_number() OVER (PARTITION BY k ORDER BY ts, o) AS j FROM facts WHERE ${filter} AND ${has}`,
  );
  plan.before(
    blocks,
    `SELECT k, (j - 1) // ${count} AS block, list(term ORDER BY j) AS terms, list(seen ORDER BY j) AS seens FROM ${terms} GROUP BY ALL`,
  );
  const { column: lane, unit } = plan.timeline.counter(`${id}_n`);
  plan.timeline.maximum(`${id}_m`);
  plan.timeline.rows(`SELECT k, seen + 1 AS m, ${unit} AS ${lane}, j AS ${id}_m FROM ${terms}`);

  const states = `SELECT k, ${id}_n AS n, ${id}_m AS m, min(t) AS t FROM asked WHERE ${id}_n > 0 GROUP BY ALL`;
  const three = [0, 1, 2].map((index) => `b${index}`);
  const concat = (list: string) => three.map((block) => `coalesce(${block}.${list}, [])`).reduce((a, b) => `list_concat(${a}, ${b})`);
  const joins = three.map((name, index) => `LEFT JOIN ${blocks} ${name} ON ${name}.k = s.k AND ${name}.block = s.block + ${index}`);
  // Places of the three blocks' terms begin at block × count + 1.
  const joined =
    `SELECT s.k, n, m, t, ${concat('terms')}[:m - s.block * ${count}] AS terms, ${concat('seens')}[:m - s.block * ${count}] AS seens ` +
    `FROM (SELECT *, greatest(0, n - ${count}) // ${count} AS block FROM (${states}) WHERE m - n <= ${count}) s ${joins.join(' ')}`;
  const known = `CASE WHEN m = n THEN terms ELSE list_where(terms, list_transform(seens, lambda x: x < t)) END`;
  const places = `SELECT k, n, t, unnest(range(greatest(1, n - ${count} + 1), m + 1)) AS j FROM (${states}) WHERE m - n > ${count}`;
  const placed = `SELECT k, n, list(term ORDER BY j) AS terms FROM (${places}) JOIN ${terms} l USING (k, j) WHERE l.seen < t GROUP BY k, n`;
  plan.after(
    lists,
    `SELECT k, n, ${flat(`terms[-${count}:]`)} AS terms FROM (SELECT k, n, ${known} AS terms FROM (${joined}) UNION ALL ${placed})`,
  );
  plan.join(`LEFT JOIN ${lists} ON ${lists}.k = a.k AND ${lists}.n = a.${id}_n`);
  return `coalesce(${lists}.terms, CAST([] AS VARCHAR[]))`;
}
