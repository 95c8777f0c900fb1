import type { EventTerm, FeatureView } from '../feature-declaration.ts';
import type { FeatureSettings } from '../feature-settings.ts';
import { filterSql, keyParts, termSql } from './event-sql.ts';
import { planFeature } from './feature-sql.ts';
import { createFlows } from './flow-sql.ts';
import { sqlName } from './sql-text.ts';
import { createTimeline } from './timeline-sql.ts';
import type { Extent, ViewPlan } from './view-plan.ts';

/**
 * The statements that compute the features of a view: of the tables `events` and `asks (a, t, k1[, k2])`, a row a
 * question of a key at moment `t`, they make `into (a, one column a feature)` with a row for each of `asks`.
 *
 * All of it in temporary tables: `keys` numbers the keys asked for; `facts` is a row for each event and key of them; the
 * timeline (timeline-sql.ts) gives what is asked of it in `asked`; features with tables of their own are joined to that.
 */
export function viewSql(view: FeatureView, settings: FeatureSettings, extent: Extent, into: string): readonly string[] {
  const filters = new Map<string, { readonly column: string; readonly sql: string }>();
  const terms = new Map<EventTerm, { readonly column: string; readonly filters: Set<string> }>();
  const numbers = new Set<'value' | 'quantity'>();
  const before = new Map<string, string>();
  const after = new Map<string, string>();
  const joins = new Set<string>();
  const timeline = createTimeline();
  const flows = createFlows();
  const plan: ViewPlan = {
    entity: view.entity,
    settings,
    extent,
    timeline,
    sum: (where, of, window) => flows.sum(plan, where, of, window),
    filter(where) {
      const sql = filterSql(where);
      const known = filters.get(sql) ?? { column: `f${filters.size}`, sql };
      filters.set(sql, known);
      return known.column;
    },
    term(of, filter) {
      const known = terms.get(of) ?? { column: `term_${of}`, filters: new Set() };
      known.filters.add(filter);
      terms.set(of, known);
      return { column: known.column, many: termSql(of).many };
    },
    number: (of) => void numbers.add(of),
    before: (table, select) => void before.set(table, select),
    after: (table, select) => void after.set(table, select),
    join: (sql) => void joins.add(sql),
  };
  const values = Object.entries(view.features).map(([name, definition]) => `${planFeature(plan, definition)} AS ${sqlName(name)}`);
  flows.finish(plan);

  const { parts, each } = keyParts(view.entity);
  const keyNames = parts.map((_, index) => `k${index + 1}`);
  const columns = [
    'keys.k',
    'e.o',
    'e.ts',
    'e.seen',
    ...[...filters.values()].map(({ column }) => `e.${column}`),
    ...[...numbers].map((of) => `e.${of}`),
    ...[...terms.values()].map(({ column }) => `e.${column}`),
  ];
  const eventColumns = [
    ...parts.map((part, index) => (part === 'part' ? `unnest(${each}) AS k${index + 1}` : `${part} AS k${index + 1}`)),
    'CAST("offset" AS BIGINT) AS o',
    'CAST(time_ms AS BIGINT) AS ts',
    'CAST(received_time_ms AS BIGINT) AS seen',
    ...[...filters.values()].map(({ column, sql }) => `${sql} AS ${column}`),
    ...[...numbers],
    ...[...terms].map(([of, { column, filters }]) => `CASE WHEN ${[...filters].join(' OR ')} THEN ${termSql(of).sql} END AS ${column}`),
  ];
  const anyFilter = [...filters.values()].map(({ sql }) => `(${sql})`).join(' OR ');
  const facts =
    `SELECT ${columns.join(', ')} FROM (SELECT ${eventColumns.join(', ')} FROM events ` +
    `WHERE (${anyFilter}) AND received_time_ms < (SELECT max(t) FROM asks)) e JOIN keys USING (${keyNames.join(', ')})`;
  const table = (name: string, select: string) => `CREATE OR REPLACE TEMP TABLE ${name} AS ${select}`;
  const made = ['keys', 'facts', ...before.keys(), 'asked', ...after.keys()];
  return [
    table('keys', `SELECT CAST(row_number() OVER () AS INTEGER) AS k, * FROM (SELECT DISTINCT ${keyNames.join(', ')} FROM asks)`),
    table('facts', facts),
    ...flows.scales(),
    ...[...before].map(([name, select]) => table(name, select)),
    ...timeline.statements(keyNames),
    ...[...after].map(([name, select]) => table(name, select)),
    table(into, `SELECT a.a, ${values.join(', ')} FROM asked a ${[...joins].join(' ')}`),
    ...made.toReversed().map((name) => `DROP TABLE ${name}`),
  ];
}
