import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { featureStoreSuite } from './feature-store-suite.fixture.ts';
import { createMemoryFeatureStore } from './memory-feature-store.ts';
import { openLmdbFeatureStore } from './open-lmdb-feature-store.ts';

featureStoreSuite('memory', async () => {
  const store = createMemoryFeatureStore();
  return { store, end: () => store.close() };
});

featureStoreSuite('lmdb', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'nisus-features-'));
  const store = openLmdbFeatureStore(folder);
  return {
    store,
    async end() {
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
});

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
