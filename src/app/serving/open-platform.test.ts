import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLogger } from '../../base/logger.ts';
import { upsertOf } from '../../data/catalog/catalog-records.fixture.ts';
import type { Catalog } from '../../data/catalog/catalog.ts';
import { openCatalog } from '../../data/catalog/embedded/open-catalog.ts';
import { openEventLog } from '../../data/events/embedded/open-event-log.ts';
import { someEvent } from '../../data/events/some-event.fixture.ts';
import { platformFolder, type PlatformFolder } from '../platform/platform-folder.ts';
import { systemClock } from '../server/server.fixture.ts';
import { openPlatform } from './open-platform.ts';

let place: PlatformFolder;
const context = { clock: systemClock, logger: silentLogger };

beforeEach(() => {
  place = platformFolder(mkdtempSync(path.join(os.tmpdir(), 'nisus-platform-')));
});

afterEach(() => rmSync(place.folder, { recursive: true, force: true }));

async function withCatalog(work: (catalog: Catalog) => Promise<unknown>): Promise<void> {
  const catalog = await openCatalog({ file: place.catalog, clock: systemClock });
  try {
    await work(catalog);
  } finally {
    await catalog.close();
  }
}

const click = (id: string, post: string, timeMs: number) =>
  someEvent(id, { subject: { kind: 'content', id: post, authorId: null, tags: [], instruments: [] }, timeMs });

test('what a user does goes on in their live history, and is there after the platform was opened again', async () => {
  await withCatalog((catalog) => catalog.upsert([upsertOf.subject('a')]));
  const beginMs = Date.now() - 60_000;
  const first = await openPlatform(place, context);
  expect(await first.liveHistories.historyOf('user-1')).toEqual([]);
  await first.log.append([
    click('1', 'a', beginMs),
    click('2', 'b', beginMs + 1),
    someEvent('3', { action: 'impression', timeMs: beginMs }),
  ]);
  const expected = [
    { itemId: 'content:a', timeMs: beginMs },
    { itemId: 'content:b', timeMs: beginMs + 1 },
  ];
  await expect.poll(() => first.liveHistories.historyOf('user-1')).toEqual(expected);
  expect(await first.liveHistories.historyOf('user-2')).toEqual([]);
  await first.close();
  const second = await openPlatform(place, context);
  await expect.poll(() => second.liveHistories.historyOf('user-1')).toEqual(expected);
  await second.close();
});

test('items come and go with the catalog, which another process writes', async () => {
  await withCatalog((catalog) => catalog.upsert([upsertOf.subject('a'), upsertOf.subject('b', { lifecycle: 'draft' })]));
  const platform = await openPlatform(place, context);
  try {
    const unavailable = await platform.watchItems(['content:a', 'content:b', 'content:c']);
    expect([...unavailable()]).toEqual([1, 2]);
    await withCatalog((catalog) => catalog.upsert([upsertOf.subject('a', { lifecycle: 'retired' }), upsertOf.subject('b')]));
    await expect.poll(() => [...unavailable()], { timeout: 10_000 }).toEqual([0, 2]);
  } finally {
    await platform.close();
  }
});

test('where a part is damaged, what was opened before it is let go of', async () => {
  writeFileSync(place.catalog, 'this is no catalog');
  await expect(openPlatform(place, context)).rejects.toMatchObject({ code: 'CATALOG_OPEN' });
  const log = await openEventLog(place.log, { owner: 'the next one' }, { logger: silentLogger });
  await log.close();
});

test('a platform without a catalog is served: nobody is unknown, nothing is retired', async () => {
  const platform = await openPlatform(place, context);
  expect(platform.catalog).toBeNull();
  expect([...(await platform.watchItems(['content:a']))()]).toEqual([]);
  await platform.close();
});

test('a platform is served by one server at a time', async () => {
  await withCatalog((catalog) => catalog.upsert([upsertOf.subject('a')]));
  const platform = await openPlatform(place, context);
  await expect(openPlatform(place, context)).rejects.toMatchObject({ code: 'LOG_LOCKED' });
  await platform.close();
});
