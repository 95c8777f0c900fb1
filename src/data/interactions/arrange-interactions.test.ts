import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrangeInteractions } from './arrange-interactions.ts';
import { createIdTable } from './id-table.ts';
import { createInteractionRows } from './interaction-rows.ts';
import { orderByGroupThenKey } from './stable-order.ts';

const anyKey = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: 1.6e12, max: 1.7e12 }),
  fc.constant(-0),
);

describe('orderByGroupThenKey', () => {
  it('is the stable sort by group, then key', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(4), anyKey), { maxLength: 60 }), (rows) => {
        const groups = Int32Array.from(rows, ([group]) => group);
        const keys = Float64Array.from(rows, ([, key]) => key);
        const byPlace = rows.map((_, row) => row);
        const expected = byPlace.toSorted((a, b) => groups[a]! - groups[b]! || keys[a]! - keys[b]! || a - b);
        expect([...orderByGroupThenKey(groups, 5, keys)]).toEqual(expected);
        expect([...orderByGroupThenKey(groups, 5, null)]).toEqual(byPlace.toSorted((a, b) => groups[a]! - groups[b]! || a - b));
      }),
      { numRuns: 500 },
    );
  });
});

type Row = readonly [user: string, item: string, key: number, kind: number];

function arrange(rows: readonly Row[], minimumUser = 1, minimumItem = 1) {
  const users = createIdTable();
  const items = createIdTable();
  const columns = createInteractionRows(true, true);
  rows.forEach(([user, item, key, kind], row) => columns.add(row + 2, users.internText(user), items.internText(item), key, kind));
  return arrangeInteractions(columns.take(), users, items, { timesAreKeys: true, minimumUser, minimumItem });
}

/** The same in the plainest way. */
function plainly(rows: readonly Row[], minimumUser: number, minimumItem: number) {
  const seen = new Set<string>();
  const duplicateLines: number[] = [];
  let kept = rows.filter((row, place) => {
    const key = JSON.stringify(row);
    if (seen.has(key)) duplicateLines.push(place + 2);
    const fresh = !seen.has(key);
    seen.add(key);
    return fresh;
  });
  const unique = kept.length;
  for (;;) {
    const count = (at: 0 | 1, id: string) => kept.filter((row) => row[at] === id).length;
    const smaller = kept.filter((row) => count(0, row[0]) >= minimumUser && count(1, row[1]) >= minimumItem);
    if (smaller.length === kept.length) break;
    kept = smaller;
  }
  const userIds = [...new Set(kept.map(([user]) => user))];
  const itemIds = [...new Set(kept.map(([, item]) => item))];
  const sequences = userIds.map((id) =>
    kept
      .filter(([user]) => user === id)
      .toSorted((a, b) => a[2] - b[2])
      .map(([, item, key]) => [item, key]),
  );
  return { userIds, itemIds, sequences, duplicateLines, filteredByCore: unique - kept.length };
}

describe('arrangeInteractions', () => {
  const row = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('x', 'y', 'z', 'w'), fc.nat(3), fc.nat(1));

  it('agrees with the plainest way: duplicates, core, order, indices', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 60 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), (rows, user, item) => {
        const { arranged, duplicateLines, filteredByCore } = arrange(rows, user, item);
        const { offsets, items, timesMs, userIds, itemIds } = arranged;
        const sequences = userIds.map((_, index) =>
          Array.from({ length: offsets[index + 1]! - offsets[index]! }, (_entry, step) => {
            const at = offsets[index]! + step;
            return [itemIds[items[at]!], timesMs![at]];
          }),
        );
        expect({ userIds, itemIds, sequences, duplicateLines: [...duplicateLines], filteredByCore }).toEqual(plainly(rows, user, item));
      }),
      { numRuns: 400 },
    );
  });

  it('finds duplicates among many rows of one moment', () => {
    const rows = Array.from({ length: 100 }, (_, place): Row => ['u', `i${place % 40}`, 5, 0]);
    const { duplicateLines, arranged } = arrange(rows);
    expect([...duplicateLines]).toEqual(Array.from({ length: 60 }, (_, place) => place + 42));
    expect(arranged.items.length).toBe(40);
  });
});
