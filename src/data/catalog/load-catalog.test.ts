import { expect, it } from 'vitest';
import { manualClock } from '../../base/clock.ts';
import { upsertOf } from './catalog-records.fixture.ts';
import { loadCatalog } from './load-catalog.ts';
import { createMemoryCatalog } from './memory-catalog.ts';

it.each(['a plain source', 'one that is waited for'])(
  'loads all of %s in batches, counts what became of it, and again changes nothing',
  async (kind) => {
    const catalog = createMemoryCatalog({ clock: manualClock() });
    const upserts = Array.from({ length: 25 }, (_, at) => upsertOf.user(at % 10 === 7 ? '' : `u${at}`));
    async function* slowly() {
      yield* upserts;
    }
    const source = () => (kind === 'a plain source' ? upserts : slowly());
    const progress: number[] = [];
    const report = await loadCatalog(catalog, source(), {
      batchRecords: 10,
      refusalsMax: 1,
      onProgress: ({ created, refused }) => progress.push(created + refused),
    });
    expect(report).toMatchObject({ created: 23, updated: 0, unchanged: 0, refused: 2, refusals: [{ index: 7, result: { field: 'id' } }] });
    expect(progress).toEqual([10, 20, 25]);
    expect(await loadCatalog(catalog, source())).toMatchObject({ created: 0, updated: 0, unchanged: 23, refused: 2 });
    expect(await catalog.version()).toBe(23);
  },
);
