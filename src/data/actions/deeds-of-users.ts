import { EVENT_ACTIONS, type EventAction } from '../events/event-actions.ts';
import { orderByGroupThenKey } from '../interactions/stable-order.ts';
import type { Happenings } from './action-sequences.ts';

/** Some actions of all users, by user and time; all columns are `[count]` but `offsets`. */
export interface Deeds {
  /** `[users + 1]`. */
  readonly offsets: Int32Array;
  readonly subjects: Int32Array;
  readonly happenedMs: Float64Array;
  readonly receivedMs: Float64Array;
}

/** Those of the happenings that are of some actions, by user and when they happened. */
export function deedsOfUsers(happenings: Happenings, actions: readonly EventAction[], leastValue: number | undefined): Deeds {
  const counts = EVENT_ACTIONS.map((action) => actions.includes(action));
  const userCount = happenings.offsets.length - 1;
  const matches = (row: number) => counts[happenings.actions[row]!]! && (leastValue === undefined || happenings.values[row]! >= leastValue);
  let count = 0;
  for (let row = 0; row < happenings.count; row++) if (matches(row)) count++;
  const rows = new Int32Array(count);
  const users = new Int32Array(count);
  const keys = new Float64Array(count);
  const offsets = new Int32Array(userCount + 1);
  let next = 0;
  for (let user = 0; user < userCount; user++) {
    for (let row = happenings.offsets[user]!; row < happenings.offsets[user + 1]!; row++) {
      if (!matches(row)) continue;
      rows[next] = row;
      users[next] = user;
      keys[next++] = happenings.happenedMs[row]!;
    }
    offsets[user + 1] = next;
  }
  const order = orderByGroupThenKey(users, userCount, keys).map((at) => rows[at]!);
  return {
    offsets,
    subjects: Int32Array.from(order, (row) => happenings.subjects[row]!),
    happenedMs: Float64Array.from(order, (row) => happenings.happenedMs[row]!),
    receivedMs: Float64Array.from(order, (row) => happenings.receivedMs[row]!),
  };
}

/**
 * The deeds of some `first … end − 1`, in order of time, that happened from `fromMs` to `toMs`, both counted: when the first of them
 * was known; Infinity where there is none.
 */
export function firstKnown({ happenedMs, receivedMs }: Deeds, first: number, end: number, fromMs: number, toMs: number): number {
  let knownMs = Infinity;
  for (let at = lowerBound(happenedMs, first, end, fromMs); at < end; at++) {
    // Nothing is known before it happened: what happened after the best so far was known cannot be better.
    if (happenedMs[at]! > toMs || happenedMs[at]! >= knownMs) break;
    knownMs = Math.min(knownMs, receivedMs[at]!);
  }
  return knownMs;
}

/** The first of `values[first … end − 1]`, ascending, that is not below a bound; `end` where all are. */
export function lowerBound(values: Float64Array | Int32Array, first: number, end: number, bound: number): number {
  let low = first;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
