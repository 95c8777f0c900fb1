import { DuckDBListValue, DuckDBMapValue, type DuckDBConnection, type DuckDBValue } from '@duckdb/node-api';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventAction, SubjectKind } from '../event-actions.ts';
import { NO_CONTEXT, type Event, type EventContext } from '../event.ts';
import type { EventBatch } from '../event-log.ts';
import { EVENT_COLUMNS, type EventColumnName } from './event-columns.ts';
import { quoted, withEventsDatabase, type EventsFileLimits } from './events-database.ts';
import { EventsFileError } from './events-file-error.ts';

/** Without these a row is no event. */
const REQUIRED: readonly EventColumnName[] = ['offset', 'id', 'action', 'time_ms', 'received_time_ms'];

/**
 * Reads a Parquet file that `exportEvents` wrote, or one with those columns: some 2,000 events at a time, in order of the rows, whose
 * offsets must rise. Columns that are missing count as null, others are passed over.
 *
 * @throws {EventsFileError}
 */
export async function readEventsFile(path: string, limits: EventsFileLimits, onBatch: (batch: EventBatch) => Promise<void>): Promise<void> {
  const temporaryFolder = await mkdtemp(join(tmpdir(), 'nisus-events-'));
  try {
    await withEventsDatabase(path, temporaryFolder, limits, async (connection) => {
      const result = await connection.stream(`SELECT ${await selection(connection, path)} FROM read_parquet(${quoted(path)})`);
      let last = -1;
      for (;;) {
        const chunk = await result.fetchChunk();
        if (chunk === null || chunk.rowCount === 0) return;
        const columns = chunk.getColumns();
        const offsets = columns[0]!.map(Number);
        for (const offset of offsets) {
          if (offset <= last) throw new EventsFileError(path, `offset ${offset} follows ${last}; the rows must stand in order of offset`);
          last = offset;
        }
        const rows = rowReader(columns);
        let from = 0;
        // Offsets may have gaps, within a batch there are none.
        for (let to = 1; to <= offsets.length; to++) {
          if (to < offsets.length && offsets[to] === offsets[to - 1]! + 1) continue;
          await onBatch({ firstOffset: offsets[from]!, events: offsets.slice(from, to).map((_, at) => rows(from + at)) });
          from = to;
        }
      }
    });
  } finally {
    await rm(temporaryFolder, { recursive: true, force: true });
  }
}

/** Every column in its order and type; those that the file lacks as null. */
async function selection(connection: DuckDBConnection, path: string): Promise<string> {
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM read_parquet(${quoted(path)})`);
  const found = new Set(described.getRows().map(([name]) => String(name)));
  const missing = REQUIRED.filter((name) => !found.has(name));
  if (missing.length > 0) throw new EventsFileError(path, `it has no column ${missing.join(', ')}`);
  return EVENT_COLUMNS.map(({ name, type }) => `CAST(${found.has(name) ? `"${name}"` : 'NULL'} AS ${type})`).join(', ');
}

function rowReader(columns: readonly (readonly DuckDBValue[])[]): (row: number) => Event {
  const at = Object.fromEntries(EVENT_COLUMNS.map(({ name }, place) => [name, columns[place]!])) as Record<
    EventColumnName,
    readonly DuckDBValue[]
  >;
  const text = (name: EventColumnName, row: number) => at[name][row] as string | null;
  const number = (name: EventColumnName, row: number) => at[name][row] as number | null;
  return (row) => {
    const kind = text('subject_kind', row);
    const context: EventContext = {
      surface: text('surface', row),
      sessionId: text('session_id', row),
      requestId: text('request_id', row),
      position: number('position', row),
      propensity: number('propensity', row),
      modelVersion: text('model_version', row),
      experiments: arms(at.experiments[row]!),
    };
    return {
      // What is null here and must not be is found by the log that takes the event.
      id: text('id', row)!,
      userId: text('user_id', row),
      subject:
        kind === null
          ? null
          : {
              kind: kind as SubjectKind,
              id: text('subject_id', row)!,
              authorId: text('author_id', row),
              tags: texts(at.tags[row]!),
              instruments: texts(at.instruments[row]!),
            },
      action: text('action', row) as EventAction,
      value: number('value', row),
      quantity: number('quantity', row),
      query: text('query', row),
      timeMs: Number(at.time_ms[row]),
      receivedTimeMs: Number(at.received_time_ms[row]),
      context: Object.values(context).every((value) => value === null) ? NO_CONTEXT : context,
      schemaVersion: number('schema_version', row) ?? 1,
    };
  };
}

function texts(value: DuckDBValue): readonly string[] {
  return value instanceof DuckDBListValue ? (value.items as readonly string[]) : [];
}

function arms(value: DuckDBValue): Readonly<Record<string, string>> | null {
  if (!(value instanceof DuckDBMapValue)) return null;
  return Object.fromEntries(value.entries.map(({ key, value: arm }) => [key as string, arm as string]));
}
