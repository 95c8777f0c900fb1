import type { InteractionColumns } from './interaction-rows.ts';

/** Runs up to this length are compared pairwise; longer ones through a set. */
const PAIRWISE_ROWS = 16;

/**
 * Marks rows that repeat an earlier row of the same user, item, key (time or position) and event kind.
 *
 * @param order Rows by (user, key, place in the file).
 * @returns `[rows]`, 1 at every repetition, and how many there are. Cost: linear.
 */
export function findDuplicates(columns: InteractionColumns, order: Int32Array): { readonly marks: Uint8Array; readonly count: number } {
  const { users, items, keys, kinds } = columns;
  const rows = order.length;
  const marks = new Uint8Array(rows);
  let count = 0;
  if (keys === null) return { marks, count };
  let from = 0;
  while (from < rows) {
    const first = order[from]!;
    let to = from + 1;
    while (to < rows && users[order[to]!] === users[first] && keys[order[to]!] === keys[first]) to++;
    if (to - from > PAIRWISE_ROWS) {
      const seen = new Set<number>();
      for (let at = from; at < to; at++) {
        const row = order[at]!;
        const key = items[row]! * 256 + (kinds?.[row] ?? 0);
        if (seen.has(key)) {
          marks[row] = 1;
          count++;
        } else seen.add(key);
      }
    } else {
      for (let at = from + 1; at < to; at++) {
        const row = order[at]!;
        for (let before = from; before < at; before++) {
          const earlier = order[before]!;
          if (items[earlier] === items[row] && (kinds === null || kinds[earlier] === kinds[row])) {
            marks[row] = 1;
            count++;
            break;
          }
        }
      }
    }
    from = to;
  }
  return { marks, count };
}
