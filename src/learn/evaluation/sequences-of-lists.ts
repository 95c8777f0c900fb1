import type { InteractionSequences } from '../interaction-sequences.ts';

/**
 * Packs lists of items, one a user, oldest first; for tests and small examples.
 *
 * @param itemCount at least one more than the largest item
 * @param timesMs beside the lists their times, milliseconds since the epoch; null for order only
 */
export function sequencesOfLists(
  lists: readonly (readonly number[])[],
  itemCount: number,
  timesMs: readonly (readonly number[])[] | null = null,
): InteractionSequences {
  const offsets = new Int32Array(lists.length + 1);
  lists.forEach((list, user) => (offsets[user + 1] = offsets[user]! + list.length));
  return {
    userCount: lists.length,
    itemCount,
    offsets,
    items: Int32Array.from(lists.flat()),
    timesMs: timesMs === null ? null : Float64Array.from(timesMs.flat()),
  };
}
