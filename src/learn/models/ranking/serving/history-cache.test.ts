import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cachedHistory, createHistoryCache } from './history-cache.ts';
import { growingColumns } from './growing-columns.ts';
import type { HistoryState, UserActions } from './history-state.ts';

const stateOf = (bytes: number, total = 1): HistoryState => ({
  total,
  skipped: 0,
  bytes,
  rows: growingColumns({}),
  told: new Float64Array(1),
  index: null,
});

describe('a history cache', () => {
  it('keeps what was used last, within its bounds', () => {
    const call = fc.record({
      user: fc.integer({ min: 0, max: 9 }),
      bytes: fc.integer({ min: 1, max: 60 }),
      kind: fc.constantFrom('get', 'set', 'delete'),
    });
    fc.assert(
      fc.property(fc.array(call, { maxLength: 60 }), (calls) => {
        const cache = createHistoryCache({ usersMax: 4, bytesMax: 100 });
        // The oracle: an array, the one used last at its end.
        let kept: { user: string; state: HistoryState }[] = [];
        for (const { user: number, bytes, kind } of calls) {
          const user = `u${number}`;
          const found = kept.find((entry) => entry.user === user);
          if (kind === 'get') {
            expect(cache.get(user)).toBe(found?.state ?? null);
            if (found !== undefined) kept = [...kept.filter((entry) => entry !== found), found];
          } else {
            kept = kept.filter((entry) => entry !== found);
            const state = stateOf(bytes);
            if (kind === 'delete') cache.delete(user);
            else {
              cache.set(user, state);
              kept.push({ user, state });
            }
            while (kept.length > 4 || kept.reduce((sum, entry) => sum + entry.state.bytes, 0) > 100) kept.shift();
          }
          expect([cache.users, cache.bytes]).toEqual([kept.length, kept.reduce((sum, entry) => sum + entry.state.bytes, 0)]);
        }
        cache.clear();
        expect([cache.users, cache.bytes, cache.get('u1')]).toEqual([0, 0, null]);
      }),
    );
  });

  it('does not push all others out for one that is too large', () => {
    const cache = createHistoryCache({ bytesMax: 100 });
    cache.set('a', stateOf(40));
    cache.set('b', stateOf(101));
    expect([cache.users, cache.get('b')]).toEqual([1, null]);
    expect([cache.hits, cache.misses]).toEqual([0, 1]);
  });
});

describe('a cached history', () => {
  it('is asked for what came since, and for all where nothing is known or it became shorter', async () => {
    const asked: string[] = [];
    const ranker = {
      history: (actions: UserActions) => (asked.push('history'), Promise.resolve(stateOf(1, actions.queries.length))),
      extend: (state: HistoryState, later: UserActions) => (
        asked.push('extend'),
        Promise.resolve(stateOf(1, state.total + later.queries.length))
      ),
    };
    const cache = createHistoryCache();
    const history = (total: number) =>
      cachedHistory(
        ranker,
        cache,
        'anna',
        total,
        (first) => (asked.push(`from ${first}`), { queries: Array(total - first).fill(null) }) as unknown as UserActions,
      );
    for (const total of [3, 3, 5, 2]) expect((await history(total)).total).toBe(total);
    expect(asked).toEqual(['from 0', 'history', 'from 3', 'extend', 'from 0', 'history']);
  });
});
