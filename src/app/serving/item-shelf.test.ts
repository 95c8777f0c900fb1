import { expect, test } from 'vitest';
import { upsertOf } from '../../data/catalog/catalog-records.fixture.ts';
import { createMemoryCatalog } from '../../data/catalog/memory-catalog.ts';
import { systemClock } from '../server/server.fixture.ts';
import { createItemShelf } from './item-shelf.ts';

const ITEMS = ['content:a', 'content:b', 'content:c', 'feature:spot'] as const;

test('an item is on the shelf while its subject is live; drafts, retired and unknown ones are not', async () => {
  const catalog = createMemoryCatalog({ clock: systemClock });
  const shelf = createItemShelf(ITEMS);
  expect([...shelf.unavailable()]).toEqual([0, 1, 2, 3]);
  await catalog.upsert([
    upsertOf.subject('a'),
    upsertOf.subject('b', { lifecycle: 'draft' }),
    upsertOf.subject('spot', { kind: 'feature' }),
    upsertOf.subject('not of this model'),
  ]);
  await shelf.learnAll(catalog);
  expect([...shelf.unavailable()]).toEqual([1, 2]);
  expect(shelf.version()).toBe(await catalog.version());
});

test('it follows changes from the version that it read, users and rules aside', async () => {
  const catalog = createMemoryCatalog({ clock: systemClock });
  await catalog.upsert([upsertOf.subject('a'), upsertOf.subject('b', { lifecycle: 'draft' })]);
  const shelf = createItemShelf(ITEMS);
  await shelf.learnAll(catalog);
  const before = shelf.unavailable();
  expect(shelf.unavailable()).toBe(before);
  await catalog.upsert([
    upsertOf.user('a'),
    upsertOf.rules('identity'),
    upsertOf.subject('a', { lifecycle: 'retired' }),
    upsertOf.subject('b'),
    upsertOf.subject('c'),
  ]);
  for (const change of await catalog.changesSince(shelf.version(), 100)) shelf.learn(change);
  expect([...shelf.unavailable()]).toEqual([0, 3]);
  expect(shelf.version()).toBe(await catalog.version());
});

test('more subjects than fit on a page of the catalog are all read', async () => {
  const catalog = createMemoryCatalog({ clock: systemClock });
  const names = Array.from({ length: 10_001 }, (_, at) => `post-${String(at).padStart(5, '0')}`);
  for (let from = 0; from < names.length; from += 5_000)
    await catalog.upsert(names.slice(from, from + 5_000).map((name) => upsertOf.subject(name)));
  const shelf = createItemShelf(names.map((name) => `content:${name}`));
  await shelf.learnAll(catalog);
  expect(shelf.unavailable()).toHaveLength(0);
});
