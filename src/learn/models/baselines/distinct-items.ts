import type { InteractionSequences } from '../../interaction-sequences.ts';

/** The user × item matrix of ones, by user and by item: each user's different items and each item's different users. */
export interface DistinctItems {
  /** `[userCount + 1]`: user `u` has the items `items[userOffsets[u]] … items[userOffsets[u + 1] - 1]`, unordered. */
  readonly userOffsets: Int32Array;
  readonly items: Int32Array;
  /** `[itemCount + 1]`: item `i` has the users `users[itemOffsets[i]] … users[itemOffsets[i + 1] - 1]`, ascending. */
  readonly itemOffsets: Int32Array;
  readonly users: Int32Array;
}

/** Drops repeats and turns the sequences round. O(interactions). */
export function distinctItems(sequences: InteractionSequences): DistinctItems {
  const { userCount, itemCount } = sequences;
  const marks = new Int32Array(itemCount).fill(-1);
  const userOffsets = new Int32Array(userCount + 1);
  const items = new Int32Array(sequences.items.length);
  const itemOffsets = new Int32Array(itemCount + 1);
  let count = 0;
  for (let user = 0; user < userCount; user++) {
    for (let row = sequences.offsets[user]!; row < sequences.offsets[user + 1]!; row++) {
      const item = sequences.items[row]!;
      if (marks[item] === user) continue;
      marks[item] = user;
      items[count++] = item;
      itemOffsets[item + 1]!++;
    }
    userOffsets[user + 1] = count;
  }
  for (let item = 0; item < itemCount; item++) itemOffsets[item + 1]! += itemOffsets[item]!;
  const users = new Int32Array(count);
  const next = itemOffsets.slice(0, itemCount);
  for (let user = 0; user < userCount; user++) {
    for (let at = userOffsets[user]!; at < userOffsets[user + 1]!; at++) users[next[items[at]!]!++] = user;
  }
  return { userOffsets, items: items.slice(0, count), itemOffsets, users };
}

/**
 * The different items of a history, latest occurrence first.
 *
 * @param marks `[items]` scratch, not holding `mark` yet
 * @param into receives them
 * @returns how many
 */
export function distinctOfHistory(history: Int32Array, marks: Int32Array, mark: number, into: Int32Array): number {
  let count = 0;
  for (let at = history.length - 1; at >= 0; at--) {
    const item = history[at]!;
    if (marks[item] === mark) continue;
    marks[item] = mark;
    into[count++] = item;
  }
  return count;
}
