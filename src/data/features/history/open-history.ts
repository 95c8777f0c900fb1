import { BIGINT, DuckDBDataChunk, DuckDBInstance, VARCHAR, type DuckDBConnection } from '@duckdb/node-api';
import type { EventBatch } from '../../events/event-log.ts';
import { checkFeatureView } from '../check-feature-view.ts';
import type { FeatureValues, FeatureView } from '../feature-declaration.ts';
import type { FeatureSettings } from '../feature-settings.ts';
import { keyTextParts } from './event-sql.ts';
import { createEventsTable, loadEvents } from './load-events.ts';
import { quantileBinsTable } from './quantile-sql.ts';
import { sqlText } from './sql-text.ts';
import type { Extent } from './view-plan.ts';
import { viewSql } from './view-sql.ts';

/** Where the events come from: Parquet files of a log's export, or a log's batches in order of offset. */
export type HistorySource = { readonly parquet: readonly string[] } | { readonly batches: AsyncIterable<EventBatch> };

/** What the engine may take of the machine. */
export interface HistoryOptions {
  readonly settings: FeatureSettings;
  readonly threads: number;
  /** DuckDB's own limit; what does not fit goes to the temporary folder. */
  readonly memoryLimitMiB: number;
  /** A folder that exists; the engine leaves nothing there when it is closed. */
  readonly temporaryFolder: string;
}

/** A key at a moment. */
export interface FeatureQuestion {
  readonly key: string;
  readonly atMs: number;
}

/** Features out of history: SQL made of the same declarations that the stream runs, on DuckDB. */
export interface History {
  /** DuckDB, with the table or view `events`: for those who build on it. */
  readonly connection: DuckDBConnection;
  readonly settings: FeatureSettings;
  /**
   * The values of a view's features for each question, in order. Cost: sorts the events of the keys asked for, once a view.
   * @throws {FeatureDeclarationError} where the view is not sound
   */
  values<V extends FeatureView>(view: V, questions: readonly FeatureQuestion[]): Promise<readonly FeatureValues<V>[]>;
  /** Lets go of DuckDB and its temporary files. */
  close(): void;
}

/** Opens the events of a log as history. */
export async function openHistory(source: HistorySource, options: HistoryOptions): Promise<History> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(options.threads),
    memory_limit: `${options.memoryLimitMiB}MiB`,
    temp_directory: options.temporaryFolder,
    preserve_insertion_order: 'false',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  try {
    const connection = await instance.connect();
    if ('parquet' in source) {
      await connection.run(`CREATE VIEW events AS SELECT * FROM read_parquet([${source.parquet.map(sqlText).join(', ')}])`);
    } else {
      await createEventsTable(connection);
      await loadEvents(connection, source.batches);
    }
    await connection.run(quantileBinsTable());
    const { settings } = options;
    return {
      connection,
      settings,
      values: (view, questions) => answer(connection, settings, view, questions),
      close() {
        connection.closeSync();
        instance.closeSync();
      },
    };
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

/** Times between which the events and the rows of the table `asks` lie. */
export async function extentOf(connection: DuckDBConnection): Promise<Extent> {
  const reader = await connection.runAndReadAll(
    'SELECT CAST(min(t) AS DOUBLE), CAST(max(t) AS DOUBLE) FROM (SELECT min(time_ms) AS t FROM events UNION ALL SELECT max(time_ms) FROM events ' +
      'UNION ALL SELECT min(t) FROM asks UNION ALL SELECT max(t) FROM asks)',
  );
  const [firstMs, lastMs] = reader.getRows()[0] as readonly (number | null)[];
  return { firstMs: firstMs ?? 0, lastMs: lastMs ?? 0 };
}

async function answer<V extends FeatureView>(
  connection: DuckDBConnection,
  settings: FeatureSettings,
  view: V,
  questions: readonly FeatureQuestion[],
): Promise<readonly FeatureValues<V>[]> {
  checkFeatureView(view);
  if (questions.length === 0) return [];
  await connection.run('CREATE OR REPLACE TEMP TABLE questions (a BIGINT, key VARCHAR, t BIGINT)');
  const appender = await connection.createAppender('questions', 'main', 'temp');
  for (let from = 0; from < questions.length; from += 2048) {
    const rows = questions.slice(from, from + 2048);
    const chunk = DuckDBDataChunk.create([BIGINT, VARCHAR, BIGINT], rows.length);
    chunk.setColumns([rows.map((_, index) => BigInt(from + index)), rows.map(({ key }) => key), rows.map(({ atMs }) => BigInt(atMs))]);
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
  const parts = keyTextParts(view.entity, 'key').map((sql, index) => `${sql} AS k${index + 1}`);
  await connection.run(`CREATE OR REPLACE TEMP TABLE asks AS SELECT a, t, ${parts.join(', ')} FROM questions`);
  for (const sql of viewSql(view, settings, await extentOf(connection), 'answers')) await connection.run(sql);
  const reader = await connection.runAndReadAll('SELECT * EXCLUDE (a) FROM answers ORDER BY a');
  await connection.run('DROP TABLE answers; DROP TABLE asks; DROP TABLE questions');
  return reader.getRowObjectsJS() as unknown as readonly FeatureValues<V>[];
}
