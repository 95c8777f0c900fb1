import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { count, featureView } from '../declare.ts';
import { recordBytes } from './record-memory.ts';
import type { Checkpoint, FeatureStore, StoredDeclaration, ViewChange } from './feature-store.ts';

/** What every store of features must do. */
export function featureStoreSuite(name: string, make: () => Promise<{ store: FeatureStore; end: () => Promise<void> }>): void {
  describe(`feature store: ${name}`, () => {
    let store: FeatureStore;
    let end: () => Promise<void>;
    beforeEach(async () => {
      ({ store, end } = await make());
    });
    afterEach(async () => end());

    const declaration: StoredDeclaration = {
      view: featureView({ name: 'v', entity: 'user', features: { n: count() } }),
      allowedLatenessMs: 60_000,
      timeToLiveMs: null,
    };
    const checkpoint = (nextOffset: number, more: Partial<Checkpoint> = {}): Checkpoint => ({
      status: 'active',
      nextOffset,
      receivedTimeMs: nextOffset * 10,
      events: nextOffset,
      late: 0,
      ...more,
    });
    const record = (touchedMs: number, content: string): Uint8Array => {
      const bytes = Buffer.alloc(8 + content.length);
      bytes.writeDoubleLE(touchedMs);
      bytes.write(content, 8, 'latin1');
      return bytes;
    };
    const change = (fingerprint: string, nextOffset: number, records: Record<string, Uint8Array>): ViewChange => ({
      fingerprint,
      checkpoint: checkpoint(nextOffset),
      declaration,
      keys: Object.keys(records),
      bytes: Object.values(records),
    });
    async function contents(fingerprint: string, keys: readonly string[]) {
      const found: Record<string, string> = {};
      let nextOffset: number | null = null;
      const known = await store.read(fingerprint, keys, (checkpoint) => {
        nextOffset = checkpoint.nextOffset;
        return (index, memory, length) => {
          found[keys[index]!] = recordBytes(memory, length).toString('latin1', 8);
        };
      });
      expect(known).toBe(nextOffset !== null);
      return { nextOffset, found };
    }

    test('is empty at first', async () => {
      expect(await store.views()).toEqual([]);
      expect(await contents('f1', ['a'])).toEqual({ nextOffset: null, found: {} });
      expect(await store.countRecords('f1')).toBe(0);
    });

    test('gives back what was committed, views apart, absent keys left out', async () => {
      const odd = { 'u\u001fメモ😀': record(1, 'pair'), a: record(1, 'x'.repeat(10_000)) };
      await store.commit([change('f1', 3, { ...odd, b: record(1, 'b1') }), change('f2', 5, { b: record(2, 'b2') })]);
      expect(await contents('f1', ['b', 'absent', 'u\u001fメモ😀', 'a', 'b'])).toEqual({
        nextOffset: 3,
        found: { b: 'b1', 'u\u001fメモ😀': 'pair', a: 'x'.repeat(10_000) },
      });
      expect(await contents('f2', ['a', 'b'])).toEqual({ nextOffset: 5, found: { b: 'b2' } });
      expect(await store.countRecords('f1')).toBe(3);
    });

    test('the last commit counts; checkpoints come back whole', async () => {
      await store.commit([change('f1', 3, { a: record(1, 'old'), b: record(1, 'kept') })]);
      const later = checkpoint(9, { status: 'retired', receivedTimeMs: -Infinity, late: 7, events: 2 ** 40 });
      await store.commit([{ fingerprint: 'f1', checkpoint: later, keys: ['a'], bytes: [record(2, 'new')] }]);
      expect(await contents('f1', ['a', 'b'])).toEqual({ nextOffset: 9, found: { a: 'new', b: 'kept' } });
      expect(await store.views()).toEqual([{ fingerprint: 'f1', declaration, checkpoint: later }]);
    });

    test('a reader never sees half a commit', async () => {
      await store.commit([change('f1', 0, { a: record(1, '0'), z: record(1, '0') })]);
      const commits: Promise<void>[] = [];
      for (let i = 1; i <= 20; i++) {
        commits.push(store.commit([change('f1', i, { a: record(1, String(i)), z: record(1, String(i)) })]));
        const { nextOffset, found } = await contents('f1', ['a', 'z']);
        expect(found).toEqual({ a: String(nextOffset), z: String(nextOffset) });
      }
      await Promise.all(commits);
      expect((await contents('f1', ['a'])).nextOffset).toBe(20);
    });

    test('sweeps what is untouched, in bounded steps', async () => {
      const records = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`k${i}`, record(i % 2 === 0 ? 5 : 15, String(i))] as const));
      await store.commit([change('f1', 1, records)]);
      let afterKey: string | null = null;
      let calls = 0;
      let removed = 0;
      do {
        const step = await store.sweep('f1', { touchedBeforeMs: 10, afterKey, keysMax: 3 });
        afterKey = step.lastKey;
        removed += step.removed;
        calls++;
      } while (afterKey !== null);
      expect({ removed, calls }).toEqual({ removed: 5, calls: 4 });
      expect(Object.keys((await contents('f1', Object.keys(records))).found)).toEqual(['k1', 'k3', 'k5', 'k7', 'k9']);
      expect(await store.sweep('absent', { touchedBeforeMs: 10, afterKey: null, keysMax: 3 })).toEqual({ removed: 0, lastKey: null });
    });

    test('drops a view whole, and a late commit does not bring it back', async () => {
      await store.commit([change('f1', 1, { a: record(1, 'a') }), change('f2', 1, { a: record(1, 'a') })]);
      await store.drop('f1');
      await store.drop('absent');
      await store.commit([{ fingerprint: 'f1', checkpoint: checkpoint(2), keys: ['a'], bytes: [record(1, 'ghost')] }]);
      expect((await store.views()).map((view) => view.fingerprint)).toEqual(['f2']);
      expect(await contents('f1', ['a'])).toEqual({ nextOffset: null, found: {} });
      await store.commit([change('f1', 4, { b: record(1, 'b') })]);
      expect(await contents('f1', ['a', 'b'])).toEqual({ nextOffset: 4, found: { b: 'b' } });
    });

    test('says so when it is closed', async () => {
      await store.close();
      await expect(store.views()).rejects.toMatchObject({ code: 'FEATURE_STORE_CLOSED' });
      await expect(store.commit([])).rejects.toMatchObject({ code: 'FEATURE_STORE_CLOSED' });
      await expect(store.read('f1', [], () => () => {})).rejects.toMatchObject({ code: 'FEATURE_STORE_CLOSED' });
    });
  });
}
