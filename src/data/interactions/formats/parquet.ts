import { DuckDBInstance, DuckDBTimestampValue, type DuckDBConnection } from '@duckdb/node-api';
import { namedColumns, placeColumns } from '../column-mapping.ts';
import { FileUnreadableError } from '../import-errors.ts';
import { detectTimeScale, givenTimeScale, type TimeScale } from '../time-scale.ts';
import { addValueRow, type ValueRow, type ValueRowShape } from '../reading/value-row.ts';
import type { FormatOptions, InteractionFormat, InteractionOrder, ReadControl } from './format.ts';

const MAGIC = [0x50, 0x41, 0x52, 0x31]; // PAR1

/**
 * Apache Parquet, read by DuckDB with bounded memory and threads. `line` in rejects is the 1-based row.
 * Dates and time stamps come as they are; integers and floats are read in the time unit, texts as numbers or ISO 8601.
 */
export const parquet: InteractionFormat = {
  name: 'parquet',
  summary: 'Parquet (.parquet)',
  folderFiles: ['interactions.parquet', 'events.parquet'],
  recognises: (file) => MAGIC.every((byte, at) => file.head[at] === byte) || file.extension === '.parquet',
  async plan(file, options) {
    const from = `read_parquet(${quoted(file.path)}, file_row_number = true)`;
    return withDuckdb(file.path, options, async (connection) => {
      const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`);
      const all = described.getRows().map(([name, type]) => ({ name: String(name), type: String(type) }));
      const columns = all.filter(({ name }) => name !== 'file_row_number');
      const names = columns.map(({ name }) => name);
      const places = placeColumns(file.path, names, names.length, options.columns);
      const order: InteractionOrder = places.time >= 0 ? 'time' : places.position >= 0 ? 'position' : 'file';
      const keyPlace = order === 'time' ? places.time : places.position;
      const isDate = keyPlace >= 0 && /^(?:TIMESTAMP|DATE)/.test(columns[keyPlace]!.type);
      const isNumber = keyPlace >= 0 && /INT|FLOAT|DOUBLE|DECIMAL/.test(columns[keyPlace]!.type);
      const name = (place: number) => identifier(names[place]!);
      const keySql = keyExpression(keyPlace < 0 ? null : name(keyPlace), isDate, isNumber);

      let timeScale: TimeScale;
      // Milliseconds are made of dates in the query; there is nothing to guess.
      if (order === 'time' && isDate) timeScale = givenTimeScale('milliseconds');
      else if (options.timeUnit !== 'auto') timeScale = givenTimeScale(options.timeUnit);
      else {
        const sample =
          order === 'time'
            ? (await connection.runAndReadAll(`SELECT TRY_CAST(${name(keyPlace)} AS DOUBLE) FROM ${from} LIMIT 1000`)).getRows()
            : [];
        timeScale = detectTimeScale(sample.map(([value]) => (typeof value === 'number' ? value : NaN)));
      }
      const shape: ValueRowShape = { order, timeScale, hasValue: places.value >= 0, hasEvent: places.event >= 0 };
      const text = (place: number) => (place >= 0 ? `CAST(${name(place)} AS VARCHAR)` : 'NULL');
      const select =
        `SELECT file_row_number + 1, ${text(places.user)}, ${text(places.item)}, ${keySql}, ` +
        `${text(places.value)}, ${text(places.event)}, `;
      return {
        columns: namedColumns(places, names),
        order,
        timeUnit: order === 'time' ? timeScale.unit : null,
        hasEvents: places.event >= 0,
        read: (sink, control) =>
          withDuckdb(file.path, options, async (reading) => {
            const row: ValueRow = { user: null, item: null, key: null, value: null, event: null };
            await streamRows(reading, `${select} NULL FROM ${from}`, control, (values) => {
              row.user = values[1];
              row.item = values[2];
              row.key = values[3];
              row.value = values[4];
              row.event = values[5];
              const at = Number(values[0]);
              addValueRow(sink, shape, at, row, () => rawValues(names, places, values));
            });
            control.onBytes?.(file.bytes);
          }),
        rawRows: (lines, onRow, control) =>
          withDuckdb(file.path, options, async (reading) => {
            await streamRows(reading, `${select} NULL FROM ${from}`, control, (values) => {
              const at = Number(values[0]);
              if (lines.has(at)) onRow(at, rawValues(names, places, values));
            });
          }),
      };
    });
  },
};

function keyExpression(column: string | null, isDate: boolean, isNumber: boolean): string {
  if (column === null) return 'NULL';
  if (isDate) return `epoch_us(CAST(${column} AS TIMESTAMP)) / 1000.0`;
  return isNumber ? `CAST(${column} AS DOUBLE)` : `CAST(${column} AS VARCHAR)`;
}

function rawValues(names: readonly string[], places: Readonly<Record<string, number>>, values: readonly unknown[]): string {
  const shown = ['user', 'item', places['time']! >= 0 ? 'time' : 'position', 'value', 'event'];
  const pairs = shown.flatMap((role, index) => {
    const place = places[role] ?? -1;
    return place < 0 ? [] : [[names[place], values[index + 1]]];
  });
  return JSON.stringify(Object.fromEntries(pairs), (_key, value: unknown) =>
    typeof value === 'bigint' || value instanceof DuckDBTimestampValue ? String(value) : value,
  );
}

async function streamRows(
  connection: DuckDBConnection,
  sql: string,
  control: ReadControl,
  onRow: (values: readonly unknown[]) => void,
): Promise<void> {
  const result = await connection.stream(sql);
  for (;;) {
    control.signal?.throwIfAborted();
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    for (const row of chunk.getRows()) onRow(row);
  }
}

/** Runs something on a DuckDB of its own, in memory, spilling to the import's temporary folder. */
async function withDuckdb<Result>(
  path: string,
  options: FormatOptions,
  use: (connection: DuckDBConnection) => Promise<Result>,
): Promise<Result> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(options.threads),
    memory_limit: `${options.memoryLimitMiB}MiB`,
    temp_directory: options.temporaryFolder,
    // Rows must come in file order, or neither lines nor first appearances would be the file's.
    preserve_insertion_order: 'true',
    autoinstall_known_extensions: 'false',
  });
  try {
    const connection = await instance.connect();
    try {
      return await use(connection);
    } catch (error) {
      // The engine's own failures are plain errors with its exception kind in front.
      if (
        error instanceof Error &&
        /^(?:Invalid|IO|Conversion|Serialization|Out of Memory|Not implemented)[\w ]*(?:Error)?:/i.test(error.message)
      ) {
        throw new FileUnreadableError(path, error.message.split('\n')[0]!, 'a whole Parquet file', error);
      }
      throw error;
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
