/**
 * A view's timeline: for each key, everything that changes one of its numbers, in order of the moment from which it does,
 * and between them the moments asked for. Running sums and maxima over it are the answers to all questions in one sort.
 *
 * It rests on this: by docs/decisions/0007-feature-semantics.md an event counts in a live window of `n` panes exactly for
 * `max(received + 1, p × pane) ≤ t < (p + n) × pane`, `p` its pane. Late events and clocks ahead are no special case:
 * an event adds its number where that stretch begins, and takes it away where it ends.
 */
export interface Timeline {
  /** A column of the rows that the facts themselves are, each at `received + 1`; the expression is null where the event changes nothing. */
  fact(column: string, expression: string, filter: string): void;
  /** Further rows, once a text: a SELECT with the columns `k`, `m` (the moment from which it holds) and columns to run over. */
  rows(select: string): void;
  /** A running aggregate, kept under `name` in `asked`: over a column, or over an expression of columns. */
  running(name: string, aggregate: string): void;
  /** SELECT of `asked`: `a`, `k`, `t`, and the running aggregates as of `t`. */
  select(keyNames: readonly string[]): string;
}

/** An empty {@link Timeline}. */
export function createTimeline(): Timeline {
  const facts = new Map<string, { readonly expression: string; readonly filter: string }>();
  const rows = new Set<string>();
  const running = new Map<string, string>();
  return {
    fact: (column, expression, filter) => void facts.set(column, { expression, filter }),
    rows: (select) => void rows.add(select),
    running: (name, aggregate) => void running.set(name, aggregate),
    select(keyNames) {
      const asks = `SELECT asks.a, keys.k, asks.t FROM asks JOIN keys USING (${keyNames.join(', ')})`;
      if (running.size === 0) return asks;
      // Even places are changes, odd ones questions: what changes at a moment is seen by a question of that moment.
      const parts = [
        `SELECT k, t * 2 + 1 AS s, a FROM (${asks})`,
        ...[...rows].map((select) => `SELECT * EXCLUDE (m), m * 2 AS s FROM (${select})`),
      ];
      if (facts.size > 0) {
        const columns = [...facts].map(([column, { expression }]) => `${expression} AS ${column}`);
        const filters = new Set([...facts.values()].map(({ filter }) => filter));
        parts.push(`SELECT k, (seen + 1) * 2 AS s, ${columns.join(', ')} FROM facts WHERE ${[...filters].join(' OR ')}`);
      }
      const aggregates = [...running].map(([name, aggregate]) => `${aggregate} OVER timeline AS ${name}`);
      return (
        `SELECT * EXCLUDE (s), (s - 1) // 2 AS t FROM (SELECT a, k, s, ${aggregates.join(', ')} FROM (${parts.join(' UNION ALL BY NAME ')}) ` +
        `WINDOW timeline AS (PARTITION BY k ORDER BY s ROWS UNBOUNDED PRECEDING)) WHERE a IS NOT NULL`
      );
    },
  };
}
