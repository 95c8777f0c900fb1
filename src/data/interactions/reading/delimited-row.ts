import type { ColumnPlaces } from '../column-mapping.ts';
import { parseDigits, parseNumber } from '../event-time.ts';
import type { InteractionOrder } from '../formats/format.ts';
import { idTooLongDetail, isIdTooLong } from '../id-length.ts';
import { RAW_CHARACTERS_MAX } from '../reject-log.ts';
import type { RejectReason } from '../reject-reason.ts';
import type { RowSink } from '../row-sink.ts';
import { scaledTimeMs, whyRefused, type TimeScale } from '../time-scale.ts';
import { parseTimeText } from '../time-text.ts';
import { rawText, type TextRecord } from './record-reader.ts';

/** What is expected of a delimited record. */
export interface DelimitedRowShape {
  readonly places: ColumnPlaces;
  readonly columnCount: number;
  readonly order: InteractionOrder;
  readonly timeScale: TimeScale;
  readonly encoding: 'utf-8' | 'latin-1';
}

const QUOTE = 34;

/** A field's words that stand for nothing; compared without regard to case. */
const NULL_WORDS = ['null', 'none', '\\n'];

/**
 * A function that checks a record and puts it into the sink, or into its reject log. It allocates nothing for a good
 * row with known ids and a time in digits.
 */
export function delimitedRowReader(sink: RowSink, shape: DelimitedRowShape): (record: TextRecord) => void {
  const { places, columnCount, order, timeScale, encoding } = shape;
  const { users, items, rows, counts } = sink;
  const keyPlace = order === 'time' ? places.time : places.position;
  // The field that `trim` last looked at.
  let source: Uint8Array = new Uint8Array(0);
  let start = 0;
  let end = 0;

  /** Points `source`, `start` and `end` at a field: trimmed where it is plain, unescaped where it is quoted. */
  function select(record: TextRecord, field: number): void {
    source = record.bytes;
    start = record.starts[field]!;
    end = record.ends[field]!;
    if (record.quotes[field] === 0) {
      while (start < end && source[start]! <= 32) start++;
      while (end > start && source[end - 1]! <= 32) end--;
    } else if (record.quotes[field] === 2) {
      const single = new Uint8Array(end - start);
      let length = 0;
      for (let at = start; at < end; at++) {
        single[length++] = source[at]!;
        if (source[at] === QUOTE) at++;
      }
      source = single;
      start = 0;
      end = length;
    }
  }

  const text = () => Buffer.from(source.buffer, source.byteOffset + start, end - start).toString('latin1');

  /** 0 there, 1 missing, 2 not a number. Only words of 2 to 4 bytes cost a string. */
  function absence(): number {
    const length = end - start;
    if (length === 0) return 1;
    if (length > 4) return 0;
    const byte = source[start]! | 32;
    if (byte !== 110 && byte !== 124) return 0; // n, N or a backslash (| 32)
    const word = text().toLowerCase();
    if (word === 'nan') return 2;
    return NULL_WORDS.includes(word) ? 1 : 0;
  }

  function reject(record: TextRecord, reason: RejectReason, detail: string): void {
    sink.rejects.add(record.line, reason, detail, rawText(record.bytes, record.begin, record.end, encoding, RAW_CHARACTERS_MAX));
  }
  const shown = () => JSON.stringify(text().slice(0, 60));

  /** The time or position; NaN after a reject. */
  function readKey(record: TextRecord): number {
    select(record, keyPlace);
    const digits = parseDigits(source, start, end);
    const fast = order === 'time' ? scaledTimeMs(digits, timeScale) : digits;
    if (!Number.isNaN(fast)) return fast;
    const absent = absence();
    if (absent === 1) reject(record, 'missing-time', `no ${order}`);
    else if (absent === 2) reject(record, 'not-a-number', `the ${order} is NaN`);
    else {
      const word = text();
      const slow = order === 'time' ? parseTimeText(word, timeScale) : parseNumber(word);
      if (Number.isFinite(slow)) return slow;
      if (order === 'time') reject(record, 'unreadable-time', `the time is ${shown()}${whyRefused(parseNumber(word), timeScale)}`);
      else reject(record, 'unreadable-position', `the position is ${shown()}`);
    }
    return NaN;
  }

  let value = NaN;

  /** Whether the value is readable, absent or not asked for and the filter keeps it. */
  function acceptsValue(record: TextRecord): boolean {
    select(record, places.value);
    value = parseDigits(source, start, end);
    if (Number.isNaN(value)) {
      const absent = absence();
      if (absent === 1) return true;
      value = parseNumber(text());
      if (absent === 2 || !Number.isFinite(value)) {
        reject(record, absent === 2 ? 'not-a-number' : 'unreadable-value', `the value is ${shown()}`);
        return false;
      }
    }
    if (sink.keepsValue(value)) return true;
    counts.filteredByValue++;
    return false;
  }

  return (record) => {
    counts.rowsRead++;
    if (record.fieldCount !== columnCount) {
      return reject(record, 'column-count', `${record.fieldCount} columns, expected ${columnCount}`);
    }
    for (let role = 0; role < 2; role++) {
      select(record, role === 0 ? places.user : places.item);
      const absent = absence();
      const name = role === 0 ? 'user' : 'item';
      if (absent === 0) {
        if (!isIdTooLong(source, start, end, encoding)) continue;
        return reject(record, 'id-too-long', idTooLongDetail(name));
      }
      if (absent === 1) return reject(record, `missing-${name}`, `no ${name} id`);
      return reject(record, 'not-a-number', `the ${name} id is NaN`);
    }
    let key = 0;
    if (order !== 'file') {
      key = readKey(record);
      if (Number.isNaN(key)) return;
    }
    let kind = 0;
    if (places.event >= 0) {
      select(record, places.event);
      kind = sink.kindOf(source, start, end);
      if (!sink.keepsKind(kind)) {
        counts.filteredByEvent++;
        return;
      }
    }
    if (places.value >= 0 && !acceptsValue(record)) return;
    select(record, places.user);
    const user = users.intern(source, start, end);
    if (user < 0) return reject(record, 'invalid-encoding', 'the user id is not valid UTF-8');
    select(record, places.item);
    const item = items.intern(source, start, end);
    if (item < 0) return reject(record, 'invalid-encoding', 'the item id is not valid UTF-8');
    rows.add(record.line, user, item, key, kind, value);
  };
}
