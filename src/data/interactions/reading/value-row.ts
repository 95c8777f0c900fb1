import { parseNumber } from '../event-time.ts';
import type { RejectReason } from '../reject-reason.ts';
import type { RowSink } from '../row-sink.ts';
import type { InteractionOrder } from '../formats/format.ts';
import { ID_LENGTH_MAX, idTooLongDetail } from '../id-length.ts';
import { scaledTimeMs, whyRefused, type TimeScale } from '../time-scale.ts';
import { parseTimeText } from '../time-text.ts';

/** A row of a source that gives values, not bytes (JSON, Parquet). Undefined and null mean missing. */
export interface ValueRow {
  user: unknown;
  item: unknown;
  /** Time or position, by the plan's order. */
  key: unknown;
  value: unknown;
  event: unknown;
}

/** What is expected of a {@link ValueRow}. */
export interface ValueRowShape {
  readonly order: InteractionOrder;
  readonly timeScale: TimeScale;
  readonly hasValue: boolean;
  readonly hasEvent: boolean;
}

const NOT_A_NUMBER = /^nan$/i;
const NULL_WORD = /^(?:null|none|\\N)$/i;

/** An id as text: null where it is missing, NaN where it is not a number, undefined where it is of a wrong kind. */
function idText(value: unknown): string | null | number {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return Number.isNaN(value) ? NaN : String(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'string') return null;
  const text = value.trim();
  if (text === '' || NULL_WORD.test(text)) return null;
  return NOT_A_NUMBER.test(text) ? NaN : text;
}

/** Checks a row and puts it into the sink, or into its reject log. */
export function addValueRow(sink: RowSink, shape: ValueRowShape, line: number, row: ValueRow, raw: () => string): void {
  sink.counts.rowsRead++;
  const reject = (reason: RejectReason, detail: string) => sink.rejects.add(line, reason, detail, raw());

  const user = idText(row.user);
  if (user === null) return reject('missing-user', 'no user id');
  if (typeof user === 'number') return reject('not-a-number', 'the user id is NaN');
  const item = idText(row.item);
  if (item === null) return reject('missing-item', 'no item id');
  if (typeof item === 'number') return reject('not-a-number', 'the item id is NaN');

  if (user.length > ID_LENGTH_MAX) return reject('id-too-long', idTooLongDetail('user'));
  if (item.length > ID_LENGTH_MAX) return reject('id-too-long', idTooLongDetail('item'));

  let key = 0;
  if (shape.order !== 'file') {
    const what = shape.order;
    const given = typeof row.key === 'string' ? row.key.trim() : row.key;
    if (given === null || given === undefined || given === '') return reject('missing-time', `no ${what}`);
    if (typeof given === 'string' && NULL_WORD.test(given)) return reject('missing-time', `no ${what}`);
    if (Number.isNaN(given) || (typeof given === 'string' && NOT_A_NUMBER.test(given))) {
      return reject('not-a-number', `the ${what} is NaN`);
    }
    key = what === 'time' ? timeOf(given, shape.timeScale) : numberOf(given);
    if (!Number.isFinite(key)) {
      const why = what === 'time' ? whyRefused(numberOf(given), shape.timeScale) : '';
      return reject(`unreadable-${what}`, `the ${what} is ${display(given)}${why}`);
    }
  }

  let kind = 0;
  if (shape.hasEvent) {
    kind = sink.kindOfText(eventText(row.event));
    if (!sink.keepsKind(kind)) {
      sink.counts.filteredByEvent++;
      return;
    }
  }
  let value = NaN;
  if (shape.hasValue && row.value !== null && row.value !== undefined && row.value !== '') {
    value = numberOf(row.value);
    if (!Number.isFinite(value)) {
      const nan = Number.isNaN(row.value) || (typeof row.value === 'string' && NOT_A_NUMBER.test(row.value.trim()));
      return reject(nan ? 'not-a-number' : 'unreadable-value', `the value is ${display(row.value)}`);
    }
    if (!sink.keepsValue(value)) {
      sink.counts.filteredByValue++;
      return;
    }
  }
  sink.rows.add(line, sink.users.internText(user), sink.items.internText(item), key, kind, value);
}

function timeOf(value: unknown, scale: TimeScale): number {
  if (typeof value === 'number') return scaledTimeMs(value, scale);
  if (typeof value === 'bigint') return scaledTimeMs(Number(value), scale);
  return typeof value === 'string' ? parseTimeText(value, scale) : NaN;
}

function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'string' ? parseNumber(value.trim()) : NaN;
}

/** An event's name; empty where it is missing. */
function eventText(value: unknown): string {
  if (typeof value === 'string') return value.trim();
  return value === null || value === undefined ? '' : display(value);
}

function display(value: unknown): string {
  const text = typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
