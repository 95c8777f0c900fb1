/**
 * Drops, again and again, the rows of users with fewer than `minimumUser` and of items with fewer than `minimumItem`
 * rows, until none is left to drop: the k-core of the interaction graph (Seidman 1983; repeats count).
 *
 * @param dropped `[rows]`, non-zero rows are out already; the filter marks more.
 * @returns How many rows it dropped. Cost: linear in the rows a round; few rounds on real data.
 */
export function dropOutsideCore(
  users: Int32Array,
  items: Int32Array,
  dropped: Uint8Array,
  counts: { readonly users: number; readonly items: number },
  minimumUser: number,
  minimumItem: number,
): number {
  if (minimumUser <= 1 && minimumItem <= 1) return 0;
  const ofUser = new Int32Array(counts.users);
  const ofItem = new Int32Array(counts.items);
  for (let row = 0; row < users.length; row++) {
    if (dropped[row] !== 0) continue;
    ofUser[users[row]!]!++;
    ofItem[items[row]!]!++;
  }
  let total = 0;
  for (;;) {
    let round = 0;
    for (let row = 0; row < users.length; row++) {
      if (dropped[row] !== 0) continue;
      const user = users[row]!;
      const item = items[row]!;
      if (ofUser[user]! >= minimumUser && ofItem[item]! >= minimumItem) continue;
      dropped[row] = 1;
      ofUser[user]!--;
      ofItem[item]!--;
      round++;
    }
    if (round === 0) return total;
    total += round;
  }
}
