import { checkFeatureViews } from '../check-feature-view.ts';
import type { FeatureView } from '../feature-declaration.ts';
import { extentOf, type History } from './open-history.ts';
import { sqlName, sqlText } from './sql-text.ts';
import { rowColumns, rowQuestionsSql, trainingRowsSql, type TrainingRows } from './training-rows.ts';
import { viewSql } from './view-sql.ts';

/** A training set: its rows, and the views whose features each row gets. */
export interface TrainingSetOptions {
  readonly rows: TrainingRows;
  readonly views: readonly FeatureView[];
  /** Parquet file that is written; one that is there already is replaced. */
  readonly into: string;
  /** Told as each step begins: `rows`, the name of each view, `writing`. */
  readonly onStep?: (step: string) => void;
  /** Ends the work between two statements. */
  readonly signal?: AbortSignal;
}

/** What was written. */
export interface TrainingSetReport {
  readonly rows: number;
  /** Names of the columns in order. */
  readonly columns: readonly string[];
}

/**
 * Writes a point-in-time training set to a Parquet file: for every row exactly what serving could have read at its
 * moment, and nothing that was received in it or later. Columns of features are named `view.feature`; they are null where
 * the row has no key of the view, and what a key without events has where nothing was known of it. Rows in no order.
 *
 * @throws {FeatureDeclarationError} where the views do not go together
 */
export async function writeTrainingSet(history: History, options: TrainingSetOptions): Promise<TrainingSetReport> {
  const { rows, views, into, onStep, signal } = options;
  const { connection, settings } = history;
  checkFeatureViews(views);
  const run = async (sql: string) => {
    signal?.throwIfAborted();
    await connection.run(sql);
  };
  const tables = views.map((_, index) => `view_${index}`);
  try {
    onStep?.('rows');
    for (const sql of trainingRowsSql(rows)) await run(sql);
    for (const [index, view] of views.entries()) {
      onStep?.(view.name);
      await run(`CREATE OR REPLACE TEMP TABLE asks AS ${rowQuestionsSql(view)}`);
      for (const sql of viewSql(view, settings, await extentOf(connection), tables[index]!)) await run(sql);
    }
    onStep?.('writing');
    const names = views.flatMap((view, index) =>
      Object.keys(view.features).map((name) => `${tables[index]!}.${sqlName(name)} AS ${sqlName(`${view.name}.${name}`)}`),
    );
    const joins = tables.map((table) => `LEFT JOIN ${table} USING (a)`);
    const select = `SELECT ${rowColumns(rows)}, ${names.join(', ')} FROM rows ${joins.join(' ')}`;
    await run(`COPY (${select}) TO ${sqlText(into)} (FORMAT parquet, COMPRESSION zstd)`);
    const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM read_parquet(${sqlText(into)})`);
    const count = await connection.runAndReadAll('SELECT CAST(count(*) AS DOUBLE) FROM rows');
    return { rows: Number(count.getRows()[0]![0]), columns: described.getRows().map(([name]) => String(name)) };
  } finally {
    for (const table of ['rows', 'labelled', 'asks', ...tables]) await connection.run(`DROP TABLE IF EXISTS ${table}`);
  }
}
