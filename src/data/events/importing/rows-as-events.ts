import type { InteractionOrder } from '../../interactions/formats/format.ts';
import type { IdTable } from '../../interactions/id-table.ts';
import type { InteractionColumns } from '../../interactions/interaction-rows.ts';
import type { RejectReason } from '../../interactions/reject-reason.ts';
import { orderByGroupThenKey } from '../../interactions/stable-order.ts';
import type { EventAction, SubjectKind } from '../event-actions.ts';
import { actionRule, EVENT_BOUNDS, isEventName } from '../event-schema.ts';
import { hashText, TEXT_HASH } from '../embedded/hash-text.ts';
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
 * @param latestMs rows that happened later are no events
 * @param onProblem told of the rows that cannot be events, before this returns
 * @returns the batches, to be gone through once, and how many events they have together
 */
export function eventsOfRows(
  rows: EventRows,
  order: InteractionOrder,
  { name, subjectKind, latestMs }: { readonly name: string; readonly subjectKind: SubjectKind; readonly latestMs: number },
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

  function eventOf(row: number): Event {
    const timeMs = timesMs[row]!;
    const value = columns.values?.[row] ?? NaN;
    const userId = users[columns.users[row]!]!;
    const subject = subjects[columns.items[row]!]!;
    const action = actions[columns.kinds?.[row] ?? 0]!;
    return {
      id: `${name}:${rowHash(userId, subject.id, action, timeMs)}`,
      userId,
      subject,
      action,
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
    const problem = userProblems[columns.users[row]!] ?? itemProblems[columns.items[row]!] ?? rowProblem(eventOf(row), latestMs);
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

/** 96 bits of what makes a row itself: a row is the same wherever it stands, and another row in its place is another event. */
function rowHash(userId: string, itemId: string, action: EventAction, timeMs: number): string {
  hashText(`${userId}\0${itemId}\0${action}\0${timeMs}`);
  return [0, 1, 2].map((word) => TEXT_HASH[word]!.toString(16).padStart(8, '0')).join('');
}

function idProblem(id: string, what: string): RowProblem | null {
  if (id.length > EVENT_BOUNDS.idLengthMax) {
    return { reason: 'id-too-long', detail: `the ${what} id is longer than the ${EVENT_BOUNDS.idLengthMax} characters of an event's` };
  }
  return isEventName(id) ? null : { reason: 'invalid-encoding', detail: `the ${what} id holds a control character` };
}

function rowProblem(event: Event, latestMs: number): RowProblem | null {
  const { timeMs } = event;
  if (!(Number.isSafeInteger(timeMs) && timeMs >= 0 && timeMs <= EVENT_BOUNDS.timeMsMax)) {
    return { reason: 'unreadable-time', detail: `the time is ${timeMs} ms, an event's lies between 1970 and 2100` };
  }
  if (timeMs > latestMs) {
    return { reason: 'future-time', detail: `${new Date(timeMs).toISOString()} has not come yet` };
  }
  const broken = actionRule(event);
  return broken === null ? null : { reason: 'unreadable-value', detail: `${broken.message}, got ${event.value}` };
}
