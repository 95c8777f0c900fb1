import { EVENT_ACTIONS } from '../events/event-actions.ts';
import { orderByGroupThenKey } from '../interactions/stable-order.ts';
import type { ActionSequences, ActionVocabulary, Happenings } from './action-sequences.ts';
import type { ImpressionPages } from './impression-pages.ts';

/** What people did as it stands in the log. */
export type HappeningColumns = Readonly<{
  users: Int32Array;
  subjects: Int32Array;
  /** Index of the request; −1 for none. */
  pages: Int32Array;
  actions: Uint8Array;
  surfaces: Uint8Array;
  queries: Int32Array;
  values: Float32Array;
  happenedMs: Float64Array;
  receivedMs: Float64Array;
}>;

/** {@link Happenings} with the columns that only sequences have. */
export interface ArrangedHappenings {
  readonly happenings: Happenings;
  readonly surfaces: Uint8Array;
  readonly queries: Int32Array;
}

/**
 * Happenings by user, then received time, then the sender's time, then place in the log.
 *
 * @param listOfPage `[requests]`, the list that became of each; −1 for none
 */
export function arrangeHappenings(rows: HappeningColumns, userCount: number, listOfPage: Int32Array): ArrangedHappenings {
  const count = rows.users.length;
  const order = orderByGroupThenKey(rows.users, userCount, rows.receivedMs);
  const offsets = new Int32Array(userCount + 1);
  for (let row = 0; row < count; row++) offsets[rows.users[row]! + 1]!++;
  for (let user = 0; user < userCount; user++) offsets[user + 1]! += offsets[user]!;
  for (let from = 0; from < count;) {
    const first = order[from]!;
    let to = from + 1;
    while (to < count && rows.users[order[to]!] === rows.users[first] && rows.receivedMs[order[to]!] === rows.receivedMs[first]) to++;
    sortByTime(order.subarray(from, to), rows.happenedMs);
    from = to;
  }
  const lists = new Int32Array(count).fill(-1);
  for (let at = 0; at < count; at++) {
    const page = rows.pages[order[at]!]!;
    if (page >= 0) lists[at] = listOfPage[page]!;
  }
  return {
    happenings: {
      count,
      offsets,
      subjects: gather(rows.subjects, order, new Int32Array(count)),
      lists,
      actions: gather(rows.actions, order, new Uint8Array(count)),
      happenedMs: gather(rows.happenedMs, order, new Float64Array(count)),
      receivedMs: gather(rows.receivedMs, order, new Float64Array(count)),
      values: gather(rows.values, order, new Float32Array(count)),
    },
    surfaces: gather(rows.surfaces, order, new Uint8Array(count)),
    queries: gather(rows.queries, order, new Int32Array(count)),
  };
}

/** Tokens of the happenings, and how many of them each page may see. */
export function sequencesOf(
  { happenings, surfaces, queries }: ArrangedHappenings,
  vocabulary: ActionVocabulary,
  queryTexts: readonly string[],
  pages: Pick<ImpressionPages, 'listCount' | 'users' | 'timesMs'>,
): { readonly sequences: ActionSequences; readonly visible: Int32Array } {
  const userCount = happenings.offsets.length - 1;
  const tokenOf = Int16Array.from(EVENT_ACTIONS, (action) => vocabulary.actions.indexOf(action));
  let count = 0;
  for (let at = 0; at < happenings.count; at++) if (tokenOf[happenings.actions[at]!]! >= 0) count++;
  const offsets = new Int32Array(userCount + 1);
  const rows = new Int32Array(count);
  const actions = new Uint8Array(count);
  const timesMs = new Float64Array(count);
  const visible = new Int32Array(pages.listCount);
  let next = 0;
  let page = 0;
  for (let user = 0; user < userCount; user++) {
    let latestMs = -Infinity;
    const end = happenings.offsets[user + 1]!;
    for (let at = happenings.offsets[user]!; at < end; at++) {
      const token = tokenOf[happenings.actions[at]!]!;
      if (token < 0) continue;
      // Pages stand in order of time: those asked for before this token was known see what came before it.
      while (page < pages.listCount && pages.users[page] === user && pages.timesMs[page]! <= happenings.receivedMs[at]!) {
        visible[page++] = next - offsets[user]!;
      }
      latestMs = Math.max(latestMs, happenings.happenedMs[at]!);
      rows[next] = at;
      actions[next] = token;
      timesMs[next++] = latestMs;
    }
    while (page < pages.listCount && pages.users[page] === user) visible[page++] = next - offsets[user]!;
    offsets[user + 1] = next;
  }
  return {
    sequences: {
      vocabulary,
      userCount,
      offsets,
      subjects: gather(happenings.subjects, rows, new Int32Array(count)),
      actions,
      surfaces: gather(surfaces, rows, new Uint8Array(count)),
      timesMs,
      values: gather(happenings.values, rows, new Float32Array(count)),
      queries: gather(queries, rows, new Int32Array(count)),
      queryTexts,
    },
    visible,
  };
}

function gather<Column extends Int32Array | Uint8Array | Float64Array | Float32Array>(
  from: Column,
  rows: Int32Array,
  into: Column,
): Column {
  for (let at = 0; at < rows.length; at++) into[at] = from[rows[at]!]!;
  return into;
}

function sortByTime(rows: Int32Array, timesMs: Float64Array): void {
  for (let at = 1; at < rows.length; at++) {
    if (timesMs[rows[at]!]! >= timesMs[rows[at - 1]!]!) continue;
    // Stable: rows of equal time stay as they stand in the log.
    rows.sort((left, right) => timesMs[left]! - timesMs[right]!);
    return;
  }
}
