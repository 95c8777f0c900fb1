/** A column of events in a table: its name, and its type in DuckDB (Parquet's follows from it). */
export interface EventColumn {
  readonly name: string;
  readonly type: string;
}

/**
 * Events as a table, a row an event, in order of offset. `subject_kind`, `subject_id`, `tags` and `instruments` are null where the
 * event has no subject; with one, the lists are never null. `experiments` is null where none ran. Columns may be added at the end;
 * none is renamed, retyped or taken out.
 */
export const EVENT_COLUMNS = [
  { name: 'offset', type: 'BIGINT' },
  { name: 'id', type: 'VARCHAR' },
  { name: 'user_id', type: 'VARCHAR' },
  { name: 'subject_kind', type: 'VARCHAR' },
  { name: 'subject_id', type: 'VARCHAR' },
  { name: 'author_id', type: 'VARCHAR' },
  { name: 'tags', type: 'VARCHAR[]' },
  { name: 'instruments', type: 'VARCHAR[]' },
  { name: 'action', type: 'VARCHAR' },
  { name: 'value', type: 'DOUBLE' },
  { name: 'quantity', type: 'DOUBLE' },
  { name: 'query', type: 'VARCHAR' },
  { name: 'time_ms', type: 'BIGINT' },
  { name: 'received_time_ms', type: 'BIGINT' },
  { name: 'surface', type: 'VARCHAR' },
  { name: 'session_id', type: 'VARCHAR' },
  { name: 'request_id', type: 'VARCHAR' },
  { name: 'position', type: 'INTEGER' },
  { name: 'propensity', type: 'DOUBLE' },
  { name: 'model_version', type: 'VARCHAR' },
  { name: 'experiments', type: 'MAP(VARCHAR, VARCHAR)' },
  { name: 'schema_version', type: 'INTEGER' },
] as const satisfies readonly EventColumn[];

/** Name of one of the {@link EVENT_COLUMNS}. */
export type EventColumnName = (typeof EVENT_COLUMNS)[number]['name'];
