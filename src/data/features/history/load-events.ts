import {
  BIGINT,
  DOUBLE,
  DuckDBDataChunk,
  INTEGER,
  LIST,
  VARCHAR,
  listValue,
  type DuckDBConnection,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api';
import type { Event } from '../../events/event.ts';
import type { EventBatch } from '../../events/event-log.ts';

/** A column of the table `events`: those of an event that features and training rows are made of, named as in the log's Parquet export. */
interface Column {
  readonly name: string;
  readonly type: DuckDBType;
  readonly value: (event: Event, offset: number) => DuckDBValue;
}

const COLUMNS: readonly Column[] = [
  { name: 'offset', type: BIGINT, value: (_event, offset) => BigInt(offset) },
  { name: 'id', type: VARCHAR, value: (event) => event.id },
  { name: 'user_id', type: VARCHAR, value: (event) => event.userId },
  { name: 'subject_kind', type: VARCHAR, value: (event) => event.subject?.kind ?? null },
  { name: 'subject_id', type: VARCHAR, value: (event) => event.subject?.id ?? null },
  { name: 'author_id', type: VARCHAR, value: (event) => event.subject?.authorId ?? null },
  { name: 'tags', type: LIST(VARCHAR), value: (event) => texts(event.subject?.tags) },
  { name: 'instruments', type: LIST(VARCHAR), value: (event) => texts(event.subject?.instruments) },
  { name: 'action', type: VARCHAR, value: (event) => event.action },
  { name: 'value', type: DOUBLE, value: (event) => event.value },
  { name: 'quantity', type: DOUBLE, value: (event) => event.quantity },
  { name: 'query', type: VARCHAR, value: (event) => event.query },
  { name: 'time_ms', type: BIGINT, value: (event) => BigInt(event.timeMs) },
  { name: 'received_time_ms', type: BIGINT, value: (event) => BigInt(event.receivedTimeMs) },
  { name: 'surface', type: VARCHAR, value: (event) => event.context.surface },
  { name: 'request_id', type: VARCHAR, value: (event) => event.context.requestId },
  { name: 'position', type: INTEGER, value: (event) => event.context.position },
];

/** Rows that one chunk of DuckDB holds. */
const CHUNK_ROWS = 2048;

/** Makes the table `events`, empty. */
export async function createEventsTable(connection: DuckDBConnection): Promise<void> {
  await connection.run(`CREATE OR REPLACE TABLE events (${COLUMNS.map(({ name, type }) => `"${name}" ${type}`).join(', ')})`);
}

/** Copies events, in order of offset, into the table `events`. Holds one batch at a time. */
export async function loadEvents(connection: DuckDBConnection, batches: AsyncIterable<EventBatch>): Promise<void> {
  const appender = await connection.createAppender('events');
  const types = COLUMNS.map(({ type }) => type);
  try {
    for await (const { firstOffset, events } of batches) {
      for (let from = 0; from < events.length; from += CHUNK_ROWS) {
        const rows = events.slice(from, from + CHUNK_ROWS);
        const chunk = DuckDBDataChunk.create(types, rows.length);
        chunk.setColumns(COLUMNS.map(({ value }) => rows.map((event, index) => value(event, firstOffset + from + index))));
        appender.appendDataChunk(chunk);
      }
      appender.flushSync();
    }
  } finally {
    appender.closeSync();
  }
}

function texts(list: readonly string[] | undefined): DuckDBValue {
  return list === undefined ? null : listValue([...list]);
}
