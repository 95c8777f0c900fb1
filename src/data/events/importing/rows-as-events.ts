import type { InteractionOrder } from '../../interactions/formats/format.ts';
import type { IdTable } from '../../interactions/id-table.ts';
import type { InteractionColumns } from '../../interactions/interaction-rows.ts';
import type { RejectReason } from '../../interactions/reject-reason.ts';
import { orderByGroupThenKey } from '../../interactions/stable-order.ts';
import type { EventAction, SubjectKind } from '../event-actions.ts';
import { actionRule, EVENT_BOUNDS, isEventName } from '../event-schema.ts';
import { EVENT_SCHEMA_VERSION, NO_CONTEXT, type Event, type EventSubject } from '../event.ts';

/** Rows of a source, read and checked as interactions. */
export interface EventRows {
  readonly columns: InteractionColumns;
  /** `[rows]`: 1 at those that are no event. */
  readonly marks: Uint8Array;
  /** Action by the index of a row's kind. */
  readonly actions: readonly EventAction[];
  readonly users: IdTable;
  readonly items: IdTable;
}

/** Why a row is no event. */
export interface RowProblem {
  readonly reason: RejectReason;
  readonly detail: string;
}

/** Events a batch. */
const BATCH_EVENTS = 1000;

/** A second, from one position to the next. */
const POSITION_MS = 1000;

/**
 * Rows as events, in order of time, in batches.
 *
 * @param onProblem told of the rows that cannot be events, before this returns
 * @returns the batches, to be gone through once, and how many events they have together
 */
export function eventsOfRows(
  rows: EventRows,
  order: InteractionOrder,
  { name, subjectKind }: { readonly name: string; readonly subjectKind: SubjectKind },
  onProblem: (line: number, problem: RowProblem) => void,
): { readonly batches: Iterable<Event[]>; readonly total: number } {
  const { columns, marks, actions } = rows;
  const count = columns.users.length;
  const users = Array.from({ length: rows.users.count() }, (_, user) => rows.users.text(user));
  const subjects = Array.from({ length: rows.items.count() }, (_, item): EventSubject => {
    const id = rows.items.text(item);
    return { kind: subjectKind, id, authorId: null, tags: [], instruments: subjectKind === 'instrument' ? [id] : [] };
  });
  const timesMs = timesOf(columns, order, users.length);
  const repeats = repeatsOfLines(columns.lines);

  function eventOf(row: number): Event {
    const timeMs = timesMs[row]!;
    const value = columns.values?.[row] ?? NaN;
    const line = columns.lines[row]!;
    return {
      id: repeats[row] === 0 ? `${name}:${line}` : `${name}:${line}.${repeats[row]}`,
      userId: users[columns.users[row]!]!,
      subject: subjects[columns.items[row]!]!,
      action: actions[columns.kinds?.[row] ?? 0]!,
      value: Number.isNaN(value) ? null : value,
      quantity: null,
      query: null,
      timeMs,
      receivedTimeMs: timeMs,
      context: NO_CONTEXT,
      schemaVersion: EVENT_SCHEMA_VERSION,
    };
  }

  const userProblems = users.map((id) => idProblem(id, 'user'));
  const itemProblems = subjects.map(({ id }) => idProblem(id, 'item'));
  let total = 0;
  for (let row = 0; row < count; row++) {
    if (marks[row] !== 0) continue;
    const problem = userProblems[columns.users[row]!] ?? itemProblems[columns.items[row]!] ?? rowProblem(eventOf(row));
    if (problem === null) total++;
    else {
      marks[row] = 1;
      onProblem(columns.lines[row]!, problem);
    }
  }

  function* batches(): Generator<Event[], void> {
    let batch: Event[] = [];
    for (const row of orderByGroupThenKey(new Int32Array(count), 1, timesMs)) {
      if (marks[row] !== 0) continue;
      batch.push(eventOf(row));
      if (batch.length < BATCH_EVENTS) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  }
  return { batches: batches(), total };
}

function timesOf({ keys, users }: InteractionColumns, order: InteractionOrder, userCount: number): Float64Array {
  if (keys !== null) return keys.map((key) => (order === 'time' ? Math.floor(key) : Math.round(key * POSITION_MS)));
  const next = new Float64Array(userCount);
  return Float64Array.from(users, (user) => POSITION_MS * next[user]!++);
}

/** How many rows of the same line stand before each. */
function repeatsOfLines(lines: Float64Array): Uint32Array {
  const repeats = new Uint32Array(lines.length);
  for (let row = 1; row < lines.length; row++) if (lines[row] === lines[row - 1]) repeats[row] = repeats[row - 1]! + 1;
  return repeats;
}

function idProblem(id: string, what: string): RowProblem | null {
  if (id.length > EVENT_BOUNDS.idLengthMax) {
    return { reason: 'id-too-long', detail: `the ${what} id is longer than the ${EVENT_BOUNDS.idLengthMax} characters of an event's` };
  }
  return isEventName(id) ? null : { reason: 'invalid-encoding', detail: `the ${what} id holds a control character` };
}

function rowProblem(event: Event): RowProblem | null {
  const { timeMs } = event;
  if (!(Number.isSafeInteger(timeMs) && timeMs >= 0 && timeMs <= EVENT_BOUNDS.timeMsMax)) {
    return { reason: 'unreadable-time', detail: `the time is ${timeMs} ms, an event's lies between 1970 and 2100` };
  }
  const broken = actionRule(event);
  return broken === null ? null : { reason: 'unreadable-value', detail: `${broken.message}, got ${event.value}` };
}
