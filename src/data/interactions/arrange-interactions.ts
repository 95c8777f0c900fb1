import { dropOutsideCore } from './core-filter.ts';
import { findDuplicates } from './duplicates.ts';
import type { IdTable } from './id-table.ts';
import type { InteractionColumns } from './interaction-rows.ts';
import { orderByGroupThenKey } from './stable-order.ts';

/** Interactions in the form of a data set, not yet named. */
export interface ArrangedInteractions {
  readonly userIds: readonly string[];
  readonly itemIds: readonly string[];
  /** `[users + 1]` */
  readonly offsets: Int32Array;
  /** `[interactions]` */
  readonly items: Int32Array;
  /** `[interactions]`, or null. */
  readonly timesMs: Float64Array | null;
}

/** What {@link arrangeInteractions} returns. */
export interface Arrangement {
  readonly arranged: ArrangedInteractions;
  /** Lines of the rows that repeat an earlier one, ascending. */
  readonly duplicateLines: Float64Array;
  readonly filteredByCore: number;
}

/**
 * Rows in file order become a data set: repetitions out, the core filter applied, indices in order of first appearance
 * among the rows that are left, rows by (user, time or position, place in the file).
 *
 * Because indices look at nothing but the kept rows, a file with bad rows gives the very data set of the file without
 * them.
 *
 * @param options.timesAreKeys Whether the keys are times (else positions, which only order).
 */
export function arrangeInteractions(
  columns: InteractionColumns,
  users: IdTable,
  items: IdTable,
  options: { readonly timesAreKeys: boolean; readonly minimumUser: number; readonly minimumItem: number },
): Arrangement {
  const rows = columns.users.length;
  const order = orderByGroupThenKey(columns.users, users.count(), columns.keys);
  const { marks, count } = findDuplicates(columns, order);
  const duplicateLines = new Float64Array(count);
  if (count > 0) {
    let at = 0;
    for (let row = 0; row < rows; row++) if (marks[row] !== 0) duplicateLines[at++] = columns.lines[row]!;
  }
  const filteredByCore = dropOutsideCore(
    columns.users,
    columns.items,
    marks,
    { users: users.count(), items: items.count() },
    options.minimumUser,
    options.minimumItem,
  );
  const kept = rows - count - filteredByCore;

  const userIndex = firstAppearances(columns.users, marks, users.count());
  const itemIndex = firstAppearances(columns.items, marks, items.count());
  const userCount = userIndex.old.length;
  const offsets = new Int32Array(userCount + 1);
  for (let row = 0; row < rows; row++) {
    if (marks[row] === 0) offsets[userIndex.fresh[columns.users[row]!]! + 1]!++;
  }
  for (let user = 0; user < userCount; user++) offsets[user + 1]! += offsets[user]!;

  const next = offsets.slice(0, userCount);
  const sortedItems = new Int32Array(kept);
  const timesMs = options.timesAreKeys && columns.keys !== null ? new Float64Array(kept) : null;
  for (let at = 0; at < rows; at++) {
    const row = order[at]!;
    if (marks[row] !== 0) continue;
    const place = next[userIndex.fresh[columns.users[row]!]!]!++;
    sortedItems[place] = itemIndex.fresh[columns.items[row]!]!;
    if (timesMs !== null) timesMs[place] = columns.keys![row]!;
  }
  return {
    arranged: {
      userIds: Array.from(userIndex.old, (index) => users.text(index)),
      itemIds: Array.from(itemIndex.old, (index) => items.text(index)),
      offsets,
      items: sortedItems,
      timesMs,
    },
    duplicateLines,
    filteredByCore,
  };
}

/** New indices in order of first appearance among the rows that are not dropped. */
function firstAppearances(
  column: Int32Array,
  dropped: Uint8Array,
  count: number,
): { readonly fresh: Int32Array; readonly old: Int32Array } {
  const fresh = new Int32Array(count).fill(-1);
  const old = new Int32Array(count);
  let found = 0;
  for (let row = 0; row < column.length; row++) {
    if (dropped[row] !== 0) continue;
    const index = column[row]!;
    if (fresh[index]! >= 0) continue;
    fresh[index] = found;
    old[found++] = index;
  }
  return { fresh, old: old.subarray(0, found) };
}
