import { namedColumns, placeColumns, type ColumnMapping } from '../column-mapping.ts';
import { parseNumber } from '../event-time.ts';
import { FileUnreadableError, SourceEmptyError } from '../import-errors.ts';
import { RAW_CHARACTERS_MAX } from '../reject-log.ts';
import { readChunks, type SourceFile } from '../reading/byte-source.ts';
import { delimitedRowReader, type DelimitedRowShape } from '../reading/delimited-row.ts';
import { createRecordReader, fieldText, rawText, type RecordReaderOptions } from '../reading/record-reader.ts';
import type { RowSink } from '../row-sink.ts';
import { detectTimeScale, givenTimeScale } from '../time-scale.ts';
import type { FormatOptions, InteractionOrder, ReadControl, SourcePlan } from './format.ts';

/** How a delimited format lays its rows out. */
export interface DelimitedLayout {
  readonly delimiter: string;
  readonly quoting: boolean;
  readonly header: boolean;
  /** The columns of a format that fixes them; the caller's mapping comes on top. */
  readonly columns?: ColumnMapping;
  /** Fields of every row, where the format fixes them. */
  readonly columnCount?: number;
}

const SAMPLE_RECORDS = 1000;

/** The first records of a file as texts, whole ones only. */
export function sampleRecords(
  file: SourceFile,
  layout: Pick<RecordReaderOptions, 'delimiter' | 'quoting'>,
  encoding: 'utf-8' | 'latin-1',
): string[][] {
  const records: string[][] = [];
  const reader = createRecordReader({
    ...layout,
    maximumRecordBytes: file.head.byteLength + 1,
    onRecord(record) {
      if (records.length > SAMPLE_RECORDS) return;
      records.push(Array.from({ length: record.fieldCount }, (_, field) => fieldText(record, field, encoding)));
    },
    onBroken() {},
  });
  reader.push(file.head);
  if (file.headIsAll) reader.finish();
  return records;
}

/**
 * The plan of a delimited text file: header or fixed columns, column count, order and time unit.
 *
 * @throws {SourceEmptyError}, `ColumnMissingError`, {@link FileUnreadableError} (UTF-16, or no whole first line)
 */
export function planDelimited(file: SourceFile, layout: DelimitedLayout, options: FormatOptions): SourcePlan {
  checkText(file);
  const { encoding } = options;
  const sample = sampleRecords(file, layout, encoding);
  if (sample.length === 0) {
    if (file.headIsAll) throw new SourceEmptyError(file.path, `${file.head.byteLength} bytes without a row`);
    throw new FileUnreadableError(file.path, 'no whole line in its first 64 KiB', 'lines of text');
  }
  const names = layout.header ? sample[0]!.map((name) => name.trim()) : null;
  const body = layout.header ? sample.slice(1) : sample;
  const columnCount = layout.columnCount ?? names?.length ?? commonLength(body);
  const asked = Object.entries(options.columns).filter(([, column]) => column !== undefined);
  const mapping: ColumnMapping = { ...layout.columns, ...Object.fromEntries(asked) };
  const places = placeColumns(file.path, names, columnCount, mapping, layout.header);
  const order: InteractionOrder = places.time >= 0 ? 'time' : places.position >= 0 ? 'position' : 'file';
  const numbers = body.map((fields) => parseNumber((fields[places.time] ?? '').trim()));
  const timeScale = options.timeUnit === 'auto' ? detectTimeScale(numbers) : givenTimeScale(options.timeUnit);
  const shape = { places, columnCount, order, timeScale, encoding };
  return {
    columns: namedColumns(places, names),
    order,
    timeUnit: order === 'time' ? timeScale.unit : null,
    hasEvents: places.event >= 0,
    read: (sink, control) => readRows(file, layout, shape, options, sink, control),
    async rawRows(lines, onRow, control) {
      await readRecords(file, control, {
        ...layout,
        maximumRecordBytes: options.maximumRecordBytes,
        onRecord(record) {
          if (!lines.has(record.line)) return;
          onRow(record.line, rawText(record.bytes, record.begin, record.end, encoding, RAW_CHARACTERS_MAX));
        },
        onBroken() {},
      });
    },
  };
}

async function readRows(
  file: SourceFile,
  layout: DelimitedLayout,
  shape: DelimitedRowShape,
  options: FormatOptions,
  sink: RowSink,
  control: ReadControl,
): Promise<void> {
  const readRow = delimitedRowReader(sink, shape);
  let header = layout.header;
  await readRecords(file, control, {
    ...layout,
    maximumRecordBytes: options.maximumRecordBytes,
    onRecord(record) {
      if (header) header = false;
      else readRow(record);
    },
    onBroken: brokenRecordReject(sink, options),
  });
}

/** Puts a broken record into the reject log. */
export function brokenRecordReject(
  sink: RowSink,
  options: Pick<FormatOptions, 'encoding' | 'maximumRecordBytes'>,
): RecordReaderOptions['onBroken'] {
  return (line, reason, bytes, begin, end) => {
    sink.counts.rowsRead++;
    const detail =
      reason === 'line-too-long'
        ? `longer than ${options.maximumRecordBytes} bytes`
        : 'a quote is not closed, or text follows a closing quote';
    sink.rejects.add(line, reason, detail, rawText(bytes, begin, end, options.encoding, RAW_CHARACTERS_MAX));
  };
}

/** Streams a file through a record reader. */
export async function readRecords(file: SourceFile, control: ReadControl, options: RecordReaderOptions): Promise<void> {
  const reader = createRecordReader(options);
  for await (const chunk of readChunks(file, control)) reader.push(chunk);
  reader.finish();
}

/** @throws {FileUnreadableError} for UTF-16, {@link SourceEmptyError} for zero bytes. */
export function checkText(file: SourceFile): void {
  if (file.head.byteLength === 0) throw new SourceEmptyError(file.path, '0 bytes');
  const [first, second] = file.head;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw new FileUnreadableError(file.path, 'UTF-16 text', 'UTF-8 or latin-1; convert it first');
  }
}

function commonLength(records: readonly (readonly string[])[]): number {
  const votes = new Map<number, number>();
  for (const { length } of records) votes.set(length, (votes.get(length) ?? 0) + 1);
  return [...votes].sort(([, a], [, b]) => b - a)[0]?.[0] ?? 0;
}
