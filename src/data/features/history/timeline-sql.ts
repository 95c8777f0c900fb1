/**
 * A view's timeline: for each key, everything that changes one of its numbers, in order of the moment from which it does,
 * and between them the moments asked for. Running sums and maxima over it answer all questions in one sort.
 *
 * It rests on this: by docs/decisions/0007-feature-semantics.md an event counts in a live window of `n` panes exactly for
 * `max(received + 1, p × pane) ≤ t < (p + n) × pane`, `p` its pane. Late events and clocks ahead are no special case:
 * an event adds its number where that stretch begins, and takes it away where it ends.
 *
 * All keys are one line, sorted by (key, moment), so that the sums can run as it streams by; each key begins with a mark,
 * and what stood there is subtracted. Whole numbers alone are summed, so nothing of other keys is left over: counters three to
 * a 128-bit lane, sums a lane each.
 */
export interface Timeline {
  /** A counter of less than 2^40: a column to add `unit` (a whole number as SQL) to for each one. Kept under its name in `asked`. */
  counter(name: string): Counter;
  /** A sum of whole numbers below 2^126 in size; the column has its name. */
  sum(name: string): void;
  /** The largest of whole numbers from 0 to 2^63; the column has its name. False where it is there already. */
  maximum(name: string): boolean;
  /** What a row of `facts` adds to a counter or a sum, or may raise a maximum to, at `received + 1`; null for nothing. */
  fact(column: string, expression: string, filter: string): void;
  /** Further rows, once a text: a SELECT with the columns `k`, `m` (the moment from which it holds) and columns of counters, sums and maxima. */
  rows(select: string): void;
  /** Statements that make the table `asked`: `a`, `k`, `t`, and all that was named, as of `t`. */
  statements(keyNames: readonly string[]): readonly string[];
}

/** Where a {@link Timeline} counts. */
export interface Counter {
  readonly column: string;
  readonly unit: string;
}

const COUNTERS_PER_LANE = 3;
const COUNTER_SIZE = 2n ** 40n;

/** Size of the place that a maximum has beside the number of its key. */
const MAXIMUM_SIZE = 2n ** 64n;

/** An empty {@link Timeline}. */
export function createTimeline(): Timeline {
  const counters = new Map<string, Counter>();
  const sums = new Set<string>();
  const maxima = new Set<string>();
  const facts = new Map<string, string[]>();
  const filters = new Set<string>();
  const rows = new Set<string>();

  function lanes(): readonly string[] {
    return [...new Set([...counters.values()].map(({ column }) => column)), ...sums];
  }

  function union(asks: string): string {
    // Even places are changes, odd ones questions: what changes at a moment is seen by a question of that moment.
    const parts = [
      'SELECT k, -1::BIGINT AS s, NULL::BIGINT AS a FROM keys',
      `SELECT k, t * 2 + 1 AS s, a FROM (${asks})`,
      ...[...rows].map((select) => `SELECT * EXCLUDE (m), m * 2 AS s FROM (${select})`),
    ];
    if (facts.size > 0) {
      const columns = [...facts].map(([column, terms]) =>
        terms.length === 1 ? `${terms[0]!} AS ${column}` : `${terms.map((term) => `coalesce(${term}, 0)`).join(' + ')} AS ${column}`,
      );
      parts.push(`SELECT k, (seen + 1) * 2 AS s, ${columns.join(', ')} FROM facts WHERE ${[...filters].join(' OR ')}`);
    }
    return parts.join(' UNION ALL BY NAME ');
  }

  return {
    counter(name) {
      const known = counters.get(name);
      if (known !== undefined) return known;
      const column = `lane_${Math.floor(counters.size / COUNTERS_PER_LANE)}`;
      const counter = { column, unit: `${COUNTER_SIZE ** BigInt(counters.size % COUNTERS_PER_LANE)}::HUGEINT` };
      counters.set(name, counter);
      return counter;
    },
    sum: (name) => void sums.add(name),
    maximum(name) {
      const isNew = !maxima.has(name);
      maxima.add(name);
      return isNew;
    },
    fact(column, expression, filter) {
      facts.set(column, [...(facts.get(column) ?? []), expression]);
      filters.add(filter);
    },
    rows: (select) => void rows.add(select),
    statements(keyNames) {
      const asks = `SELECT asks.a, keys.k, asks.t FROM asks JOIN keys USING (${keyNames.join(', ')})`;
      if (counters.size + sums.size + maxima.size === 0) return [`CREATE OR REPLACE TEMP TABLE asked AS ${asks}`];
      const running = 'OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)';
      const columns = [
        ...lanes().map((lane) => `coalesce(sum(CAST(${lane} AS HUGEINT)) ${running}, 0) AS ${lane}`),
        // With the key's number above it, a maximum of an earlier key can be told from one of this.
        ...[...maxima].map((name) => `max(CAST(k AS HUGEINT) * ${MAXIMUM_SIZE}::HUGEINT + ${name}) ${running} AS ${name}`),
      ];
      const values = [
        ...[...counters].map(
          ([name, { column, unit }]) => `CAST(((r.${column} - b.${column}) // ${unit}) % ${COUNTER_SIZE} AS BIGINT) AS ${name}`,
        ),
        ...[...sums].map((name) => `r.${name} - b.${name} AS ${name}`),
        ...[...maxima].map(
          (name) =>
            `CASE WHEN r.${name} // ${MAXIMUM_SIZE}::HUGEINT = r.k THEN CAST(r.${name} % ${MAXIMUM_SIZE}::HUGEINT AS BIGINT) END AS ${name}`,
        ),
      ];
      return [
        `CREATE OR REPLACE TEMP TABLE running AS SELECT * FROM (SELECT a, k, s, ${columns.join(', ')} FROM ` +
          `(SELECT * FROM (${union(asks)}) ORDER BY k, s)) WHERE a IS NOT NULL OR s = -1`,
        `CREATE OR REPLACE TEMP TABLE asked AS SELECT r.a, r.k, (r.s - 1) // 2 AS t, ${values.join(', ')} ` +
          `FROM running r JOIN running b ON b.k = r.k AND b.s = -1 WHERE r.a IS NOT NULL`,
        'DROP TABLE running',
      ];
    },
  };
}
