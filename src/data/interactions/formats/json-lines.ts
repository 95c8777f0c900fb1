import { COLUMN_ROLES, namedColumns, placeColumns, type ColumnPlaces } from '../column-mapping.ts';
import { parseNumber } from '../event-time.ts';
import { FileUnreadableError, SourceEmptyError } from '../import-errors.ts';
import { RAW_CHARACTERS_MAX } from '../reject-log.ts';
import type { SourceFile } from '../reading/byte-source.ts';
import { rawText } from '../reading/record-reader.ts';
import { detectTimeScale, givenTimeScale } from '../time-scale.ts';
import { addValueRow, type ValueRow, type ValueRowShape } from '../reading/value-row.ts';
import { brokenRecordReject, checkText, readRecords, sampleRecords } from './delimited.ts';
import type { FormatOptions, InteractionFormat, InteractionOrder } from './format.ts';

/** One JSON object a line; keys play the part of columns. Integers beyond 2^53 keep every digit as ids. */
export const jsonLines: InteractionFormat = {
  name: 'jsonl',
  summary: 'JSON lines (.jsonl, .ndjson, .gz)',
  folderFiles: ['interactions.jsonl', 'events.jsonl', 'interactions.ndjson', 'events.ndjson'],
  recognises: (file) => file.extension === '.jsonl' || file.extension === '.ndjson',
  async plan(file, options) {
    checkText(file);
    const objects = sampleObjects(file, options);
    const names = [...new Set(objects.flatMap((object) => Object.keys(object)))];
    const places = placeColumns(file.path, names, names.length, options.columns);
    const keys = keysOf(places, names);
    const order: InteractionOrder = keys.time !== null ? 'time' : keys.position !== null ? 'position' : 'file';
    const numbers = objects.map((object) => numberIn(keys.time === null ? null : object[keys.time]));
    const timeScale = options.timeUnit === 'auto' ? detectTimeScale(numbers) : givenTimeScale(options.timeUnit);
    const shape: ValueRowShape = { order, timeScale, hasValue: keys.value !== null, hasEvent: keys.event !== null };
    const raw = (bytes: Uint8Array, begin: number, end: number) => rawText(bytes, begin, end, options.encoding, RAW_CHARACTERS_MAX);
    const layout = { delimiter: null, quoting: false, maximumRecordBytes: options.maximumRecordBytes };
    const row: ValueRow = { user: null, item: null, key: null, value: null, event: null };
    return {
      columns: namedColumns(places, names),
      order,
      timeUnit: order === 'time' ? timeScale.unit : null,
      hasEvents: keys.event !== null,
      async read(sink, control) {
        await readRecords(file, control, {
          ...layout,
          onBroken: brokenRecordReject(sink, options),
          onRecord({ bytes, begin, end, line }) {
            const object = parseObject(bytes, begin, end, options.encoding);
            if (typeof object === 'string') {
              sink.counts.rowsRead++;
              sink.rejects.add(line, 'invalid-json', object, raw(bytes, begin, end));
              return;
            }
            row.user = own(object, keys.user);
            row.item = own(object, keys.item);
            row.key = own(object, order === 'time' ? keys.time : keys.position);
            row.value = own(object, keys.value);
            row.event = own(object, keys.event);
            addValueRow(sink, shape, line, row, () => raw(bytes, begin, end));
          },
        });
      },
      async rawRows(lines, onRow, control) {
        await readRecords(file, control, {
          ...layout,
          onBroken() {},
          onRecord({ bytes, begin, end, line }) {
            if (lines.has(line)) onRow(line, raw(bytes, begin, end));
          },
        });
      },
    };
  },
};

function sampleObjects(file: SourceFile, options: FormatOptions): Record<string, unknown>[] {
  const lines = sampleRecords(file, { delimiter: null, quoting: false }, options.encoding);
  if (lines.length === 0) {
    if (file.headIsAll) throw new SourceEmptyError(file.path, `${file.head.byteLength} bytes without a row`);
    throw new FileUnreadableError(file.path, 'no whole line in its first 64 KiB', 'one JSON object a line');
  }
  const objects = lines.flatMap(([line]) => {
    const bytes = Buffer.from(line!);
    const object = parseObject(bytes, 0, bytes.length, 'utf-8');
    return typeof object === 'string' ? [] : [object];
  });
  if (objects.length === 0) {
    throw new FileUnreadableError(file.path, `no JSON object in its first ${lines.length} lines`, 'one JSON object a line');
  }
  return objects;
}

const LONG_INTEGER = /\d{16}/;

/** The object, or what is wrong with it. */
function parseObject(bytes: Uint8Array, begin: number, end: number, encoding: 'utf-8' | 'latin-1'): Record<string, unknown> | string {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset + begin, end - begin);
  const text = view.toString(encoding === 'utf-8' ? 'utf8' : 'latin1');
  let value: unknown;
  try {
    // Only rows with long digits pay for the slower way that keeps them.
    value = LONG_INTEGER.test(text) ? JSON.parse(text, keepLongInteger) : JSON.parse(text);
  } catch (error) {
    return `not JSON: ${error instanceof Error ? error.message.slice(0, 80) : 'unreadable'}`;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not a JSON object';
  return value as Record<string, unknown>;
}

function keepLongInteger(_key: string, value: unknown, context?: { source?: string }): unknown {
  const long = typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);
  return long && context?.source !== undefined && /^-?\d+$/.test(context.source) ? BigInt(context.source) : value;
}

function own(object: Record<string, unknown>, key: string | null): unknown {
  return key !== null && Object.hasOwn(object, key) ? object[key] : null;
}

function numberIn(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'string' ? parseNumber(value.trim()) : NaN;
}

type RoleKeys = { [Role in keyof ColumnPlaces]: string | null };

function keysOf(places: ColumnPlaces, names: readonly string[]): RoleKeys {
  return Object.fromEntries(COLUMN_ROLES.map((role) => [role, names[places[role]] ?? null])) as RoleKeys;
}
