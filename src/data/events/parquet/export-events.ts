import { DuckDBDataChunk, listValue, mapValue, type DuckDBConnection, type DuckDBValue } from '@duckdb/node-api';
import { mkdir, mkdtemp, open, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { syncFolder } from '../../../base/atomic-file.ts';
import type { Event } from '../event.ts';
import type { EventLog } from '../event-log.ts';
import { EVENT_COLUMNS, type EventColumnName } from './event-columns.ts';
import { quoted, withEventsDatabase, type EventsFileLimits } from './events-database.ts';
import { EventsFileError } from './events-file-error.ts';

/** How events are exported. */
export interface ExportOptions extends EventsFileLimits {
  /** @default 0 */
  readonly fromOffset?: number | undefined;
}

/** What an export, or a rebuild, is given from outside. */
export interface EventsFileContext {
  readonly signal?: AbortSignal | undefined;
  /** Called with the events that are done. */
  readonly onProgress?: ((events: number) => void) | undefined;
}

/** What an export wrote. */
export interface ExportReport {
  readonly path: string;
  readonly events: number;
  /** Where a later export goes on. */
  readonly nextOffset: number;
}

/** Events that DuckDB holds at once; the parts are joined at the end. */
const PART_EVENTS = 400_000;

/** Rows of a chunk: DuckDB's own size. */
const CHUNK_ROWS = 2048;

/**
 * Exports what a log holds to one Parquet file, with the columns of {@link EVENT_COLUMNS}, in order of offset. The file appears whole
 * or not at all; what it holds is what was in the log when the export began. Memory is bounded, whatever the log's length; beside the
 * file as much again is needed on the disk while it is written. About 75,000 events a second, nearly all of it DuckDB's binding.
 *
 * @throws {EventsFileError}; the signal's reason when it fires
 */
export async function exportEvents(
  log: Pick<EventLog, 'read'>,
  path: string,
  options: ExportOptions = {},
  { signal, onProgress }: EventsFileContext = {},
): Promise<ExportReport> {
  const { fromOffset = 0 } = options;
  const folder = dirname(resolve(path));
  await mkdir(folder, { recursive: true });
  const working = await mkdtemp(join(folder, '.export-'));
  const whole = join(working, 'events.parquet');
  let events = 0;
  let nextOffset = fromOffset;
  try {
    await withEventsDatabase(path, working, options, async (connection) => {
      const parts: string[] = [];
      let inPart = 0;
      const finishPart = async () => {
        const part = join(working, `part-${parts.length}.parquet`);
        await connection.run(`COPY events TO ${quoted(part)} (FORMAT parquet, COMPRESSION zstd)`);
        await connection.run('TRUNCATE events');
        parts.push(part);
        inPart = 0;
      };
      await connection.run(`CREATE TABLE events (${EVENT_COLUMNS.map(({ name, type }) => `"${name}" ${type}`).join(', ')})`);
      const writer = await createChunkWriter(connection, path);
      for await (const batch of log.read(fromOffset, { batchEventsMax: CHUNK_ROWS })) {
        signal?.throwIfAborted();
        writer.add(batch.firstOffset, batch.events);
        inPart += batch.events.length;
        events += batch.events.length;
        nextOffset = batch.firstOffset + batch.events.length;
        if (inPart >= PART_EVENTS) {
          writer.flush();
          await finishPart();
        }
        onProgress?.(events);
      }
      writer.close();
      if (inPart > 0 || parts.length === 0) await finishPart();
      signal?.throwIfAborted();
      if (parts.length === 1) await rename(parts[0]!, whole);
      else {
        const from = `read_parquet([${parts.map(quoted).join(', ')}])`;
        await connection.run(`COPY (SELECT * FROM ${from}) TO ${quoted(whole)} (FORMAT parquet, COMPRESSION zstd)`);
      }
    });
    const file = await open(whole, 'r+');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(whole, path);
    await syncFolder(folder);
    return { path, events, nextOffset };
  } finally {
    await rm(working, { recursive: true, force: true });
  }
}

const text = (path: string, value: string | null): string | null => {
  if (value !== null && !value.isWellFormed()) {
    throw new EventsFileError(
      path,
      `an event has a text with half a surrogate pair, "${value.toWellFormed()}", which no Parquet file can hold`,
    );
  }
  return value;
};

/** One column of DuckDB's from events. */
type Cell = (event: Event, offset: number, path: string) => DuckDBValue;

const list = (path: string, values: readonly string[] | undefined): DuckDBValue =>
  values === undefined ? null : listValue(values.map((value) => text(path, value)));

const CELLS: Readonly<Record<EventColumnName, Cell>> = {
  offset: (_event, offset) => BigInt(offset),
  id: (event, _offset, path) => text(path, event.id),
  user_id: (event, _offset, path) => text(path, event.userId),
  subject_kind: (event) => event.subject?.kind ?? null,
  subject_id: (event, _offset, path) => text(path, event.subject?.id ?? null),
  author_id: (event, _offset, path) => text(path, event.subject?.authorId ?? null),
  tags: (event, _offset, path) => list(path, event.subject?.tags),
  instruments: (event, _offset, path) => list(path, event.subject?.instruments),
  action: (event) => event.action,
  value: (event) => event.value,
  quantity: (event) => event.quantity,
  query: (event, _offset, path) => text(path, event.query),
  time_ms: (event) => BigInt(event.timeMs),
  received_time_ms: (event) => BigInt(event.receivedTimeMs),
  surface: (event, _offset, path) => text(path, event.context.surface),
  session_id: (event, _offset, path) => text(path, event.context.sessionId),
  request_id: (event, _offset, path) => text(path, event.context.requestId),
  position: (event) => event.context.position,
  propensity: (event) => event.context.propensity,
  model_version: (event, _offset, path) => text(path, event.context.modelVersion),
  experiments: ({ context: { experiments } }, _offset, path) =>
    experiments === null
      ? null
      : mapValue(Object.entries(experiments).map(([key, value]) => ({ key: text(path, key), value: text(path, value) }))),
  schema_version: (event) => event.schemaVersion,
};

async function createChunkWriter(
  connection: DuckDBConnection,
  path: string,
): Promise<{ add(firstOffset: number, events: readonly Event[]): void; flush(): void; close(): void }> {
  const appender = await connection.createAppender('events');
  const types = EVENT_COLUMNS.map((_, column) => appender.columnType(column));
  return {
    add(firstOffset, events) {
      const chunk = DuckDBDataChunk.create(types, events.length);
      chunk.setColumns(EVENT_COLUMNS.map(({ name }) => events.map((event, at) => CELLS[name](event, firstOffset + at, path))));
      appender.appendDataChunk(chunk);
    },
    flush: () => appender.flushSync(),
    close: () => appender.closeSync(),
  };
}
