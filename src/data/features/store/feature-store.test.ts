import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createRandom } from '../../../base/random.ts';
import { count, featureView } from '../declare.ts';
import { featureStoreSuite } from './feature-store-suite.fixture.ts';
import { createMemoryFeatureStore } from './memory-feature-store.ts';
import { openLmdbFeatureStore } from './open-lmdb-feature-store.ts';

featureStoreSuite('memory', async () => {
  const store = createMemoryFeatureStore();
  return { store, end: () => store.close() };
});

// With a cache of four records most keys share a place, and the suite overwrites, sweeps and drops what is cached.
for (const cachedRecordsMax of [0, 4]) {
  featureStoreSuite(`lmdb, ${cachedRecordsMax} records cached`, async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'nisus-features-'));
    const store = openLmdbFeatureStore(folder, { cachedRecordsMax });
    return {
      store,
      async end() {
        await store.close();
        await rm(folder, { recursive: true, force: true });
      },
    };
  });
}

// 64 places for 200 keys, so that keys push each other out; 4096, so that all are held.
test.each([64, 4096])(
  'a reader that holds %i records sees every commit, of few keys or of many, however far behind it was',
  async (held) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'nisus-features-'));
    const writer = openLmdbFeatureStore(folder);
    const declaration = {
      view: featureView({ name: 'v', entity: 'user', features: { n: count() } }),
      allowedLatenessMs: 0,
      timeToLiveMs: null,
    };
    const keys = Array.from({ length: 10_000 }, (_, at) => `k${at}`);
    const commitsOf = new Map<string, number[]>();
    let commits = 0;
    const write = async (changed: readonly string[]) => {
      commits++;
      for (const key of changed) commitsOf.set(key, [...(commitsOf.get(key) ?? []), commits]);
      const bytes = changed.map(() => new Uint8Array(Float64Array.of(commits).buffer));
      const checkpoint = { status: 'active', nextOffset: commits, receivedTimeMs: 0, events: 0, late: 0 } as const;
      await writer.commit([{ fingerprint: 'f', checkpoint, declaration, keys: changed, bytes }]);
    };
    await write(keys.slice(0, 50));
    const reader = openLmdbFeatureStore(folder, { readOnly: true, cachedRecordsMax: held });
    const random = createRandom(1, 'cache');
    const read = new Set<number>();
    for (let round = 0; round < 40; round++) {
      const behind = round % 10 === 9 ? 70 : random.integer(4);
      for (let step = 0; step < behind; step++) await write(Array.from({ length: random.integer(5) }, () => keys[random.integer(200)]!));
      if (round % 13 === 12) await write(keys);
      const found = new Map<string, number>();
      const asked = keys.slice(0, 200);
      let upTo = 0; // A snapshot may be a millisecond old.
      await reader.read('f', asked, ({ nextOffset }) => {
        upTo = nextOffset;
        return (index, memory) => found.set(asked[index]!, memory.numbers[memory.base]!);
      });
      const expected = asked.flatMap((key) =>
        (commitsOf.get(key) ?? [])
          .filter((commit) => commit <= upTo)
          .slice(-1)
          .map((commit) => [key, commit] as const),
      );
      expect(found).toEqual(new Map(expected));
      read.add(upTo);
    }
    expect(read.size).toBeGreaterThan(10);
    await reader.close();
    await writer.close();
    await rm(folder, { recursive: true, force: true });
  },
);

test('a key beyond the bound of LMDB is refused by name', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'nisus-features-'));
  const store = openLmdbFeatureStore(folder);
  const checkpoint = { status: 'active', nextOffset: 1, receivedTimeMs: 1, events: 1, late: 0 } as const;
  await expect(store.commit([{ fingerprint: 'f', checkpoint, keys: ['x'.repeat(2000)], bytes: [Buffer.alloc(8)] }])).rejects.toMatchObject({
    code: 'FEATURE_KEY',
  });
  await store.close();
  await rm(folder, { recursive: true, force: true });
});
