import { expect, test } from 'vitest';
import { silentLogger } from '../../../base/logger.ts';
import { count, featureView, last, quantile, sliding, top } from '../declare.ts';
import { eventKeys } from '../event-keys.ts';
import { createFeatureReader } from '../read-features.ts';
import type { FeatureStore } from '../store/feature-store.ts';
import { createMemoryFeatureStore } from '../store/memory-feature-store.ts';
import { backfillFeatures } from './backfill-features.ts';
import { createFeatureStream } from './create-feature-stream.ts';
import { createMemoryEventLog } from './memory-event-log.fixture.ts';
import { runFeatureStream } from './run-feature-stream.ts';
import { contentsOf, differencesOf } from './store-contents.fixture.ts';
import { worldEvents } from './world-events.fixture.ts';

const logger = silentLogger;
const before = featureView({
  name: 'users',
  entity: 'user',
  features: { clicks: count({ where: { actions: ['click'] } }), recent: last({ of: 'subject', count: 5 }) },
});
const after = featureView({
  ...before,
  features: {
    ...before.features,
    tags: top({ of: 'tag', count: 3, window: sliding('7d', '1d') }),
    dwell: quantile({ where: { actions: ['dwell'] }, quantile: 0.9, window: sliding('7d', '1d') }),
  },
});
const events = [...worldEvents(11, 9000)];
const keys = [...new Set(events.flatMap((event) => eventKeys('user', event)))];

async function fromScratch(count: number) {
  const store = createMemoryFeatureStore();
  const stream = await createFeatureStream({ views: [after], store, logger });
  for await (const batch of createMemoryEventLog(events.slice(0, count)).read(0)) await stream.consume(batch);
  await stream.close();
  return await contentsOf(store, events);
}

/** The records and how far they tell; how the offsets were reached may differ. */
function recordsOf(contents: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...contents].filter(([key]) => key.includes('/')));
}

async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
}

test('a feature is added while the stream runs and serves; nothing is lost or counted twice', async () => {
  const log = createMemoryEventLog(events.slice(0, 5000));
  const store = createMemoryFeatureStore();
  const stream = await createFeatureStream({ views: [before], store, logger });
  const stop = new AbortController();
  const running = runFeatureStream({ log, stream, signal: stop.signal, batchEventsMax: 500 });
  const reader = createFeatureReader(store);
  await until(() => stream.statistics().views[0]!.nextOffset === 5000);

  const seen: number[] = [];
  const backfill = backfillFeatures({ views: [after], log, store, logger, onProgress: ({ offsetsDone }) => seen.push(offsetsDone) });
  // The log grows and the old view is served all the while.
  let appended = 5000;
  let isDone = false;
  const finished = backfill.finally(() => {
    isDone = true;
  });
  while (!isDone && appended < 8000) {
    await log.append(events.slice(appended, appended + 50));
    appended += 50;
    const table = await reader.read(before, keys, { atMs: events.at(-1)!.receivedTimeMs });
    expect(table.columns.clicks.some((clicks) => clicks > 0)).toBe(true);
  }
  expect(await finished).toMatchObject({ built: ['users'], complete: true });
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  expect(seen.length).toBeGreaterThan(3);

  // What comes now brings the new view in; then the old one goes.
  await log.append(events.slice(appended, 8900));
  let servedUpTo = 0;
  await until(async () => {
    // What is served never goes back, whichever view serves it.
    const { consumed } = await reader.read(before, [], { atMs: 0 });
    expect(consumed.nextOffset).toBeGreaterThanOrEqual(servedUpTo);
    servedUpTo = consumed.nextOffset;
    return (await store.views()).length === 1 && stream.nextOffset() === 8900;
  });
  await log.append(events.slice(8900));
  await until(() => stream.nextOffset() === 9000);
  stop.abort();
  await running;
  expect(differencesOf(recordsOf(await contentsOf(store, events)), recordsOf(await fromScratch(9000)))).toBe(0);
  const table = await reader.read(after, keys, { atMs: events.at(-1)!.receivedTimeMs + 1 });
  expect(table.columns.tags.some((tags) => tags.length > 0)).toBe(true);
  // One declared before the change reads on.
  expect((await reader.read(before, keys, { atMs: 0 })).columns.clicks).toEqual(table.columns.clicks);
});

test('a view that was backfilled takes its place only once it tells of as much as the one before it', async () => {
  const log = createMemoryEventLog(events.slice(0, 3000));
  const store = createMemoryFeatureStore();
  const stream = await createFeatureStream({ views: [before], store, logger });
  await backfillFeatures({ views: [after], log, store, logger });
  await log.append(events.slice(3000, 3500));
  for await (const batch of log.read(stream.nextOffset())) await stream.consume(batch);
  expect(await stream.adopt()).toBe(true);
  await stream.flush();
  const reader = createFeatureReader(store);
  expect((await reader.read(before, keys, { atMs: 0 })).consumed.nextOffset).toBe(3500);
  await expect(reader.read(after, keys, { atMs: 0 })).rejects.toMatchObject({ code: 'FEATURES_NOT_BUILT' });
  expect(stream.nextOffset()).toBe(3000);
  for await (const batch of log.read(stream.nextOffset())) await stream.consume(batch);
  await stream.flush();
  expect((await reader.read(after, keys, { atMs: 0 })).consumed.nextOffset).toBe(3500);
  expect(await statuses(store)).toEqual(['active']);
});

test('a backfill that was stopped goes on where it was', async () => {
  const log = createMemoryEventLog(events);
  const store = createMemoryFeatureStore();
  await createFeatureStream({ views: [before], store, logger });
  const stop = new AbortController();
  const options = { views: [after], log, store, logger, settings: { dirtyRecordsMax: 50 } };
  const onProgress = ({ offsetsDone }: { readonly offsetsDone: number }) => {
    if (offsetsDone >= 3000) stop.abort();
  };
  const first = await backfillFeatures({ ...options, onProgress, signal: stop.signal });
  expect(first).toMatchObject({ built: [], complete: false });
  expect(first.events).toBe(3000);
  await expect(createFeatureReader(store).read(after, keys, { atMs: 0 })).rejects.toMatchObject({ code: 'FEATURES_NOT_BUILT' });
  expect(await backfillFeatures(options)).toEqual({ built: ['users'], events: 6000, complete: true });
  expect(await backfillFeatures(options)).toEqual({ built: [], events: 0, complete: true });

  // A stream of the new declaration takes it over when it is opened.
  const stream = await createFeatureStream({ views: [after], store, logger });
  expect(stream.statistics().pending).toEqual([]);
  for await (const batch of log.read(stream.nextOffset())) await stream.consume(batch);
  await stream.close();
  expect(await statuses(store)).toEqual(['active']);
  expect(differencesOf(recordsOf(await contentsOf(store, events)), recordsOf(await fromScratch(9000)))).toBe(0);
});

test('a stream of a changed declaration keeps the old one up to date until the new one is built', async () => {
  const log = createMemoryEventLog(events.slice(0, 2000));
  const store = createMemoryFeatureStore();
  await (await createFeatureStream({ views: [before], store, logger })).close();
  const stream = await createFeatureStream({ views: [after], store, logger });
  expect(stream.statistics().pending).toEqual(['users']);
  for await (const batch of log.read(stream.nextOffset())) await stream.consume(batch);
  const table = await stream.read(before, keys, { atMs: 0 });
  expect(table.columns.clicks.some((clicks) => clicks > 0)).toBe(true);
  await expect(stream.read(after, keys, { atMs: 0 })).rejects.toMatchObject({ code: 'FEATURES_NOT_BUILT' });
});

test('a view of a new name is active as soon as it is built, and the stream takes it up', async () => {
  const log = createMemoryEventLog(events.slice(0, 2500));
  const store = createMemoryFeatureStore();
  const subjects = featureView({ name: 'subjects', entity: 'subject', features: { n: count() } });
  await (await createFeatureStream({ views: [before], store, logger })).close();
  const stream = await createFeatureStream({ views: [before, subjects], store, logger });
  expect(stream.statistics().pending).toEqual(['subjects']);
  for await (const batch of log.read(0)) await stream.consume(batch);
  await backfillFeatures({ views: [before, subjects], log, store, logger });
  expect(await stream.adopt()).toBe(true);
  await log.append(events.slice(2500, 3000));
  for await (const batch of log.read(stream.nextOffset())) await stream.consume(batch);
  await stream.close();
  expect(stream.statistics()).toMatchObject({ pending: [], views: [{ nextOffset: 3000 }, { nextOffset: 3000, events: 3000 }] });
  expect(await statuses(store)).toEqual(['active', 'active']);
});

async function statuses(store: FeatureStore): Promise<string[]> {
  return (await store.views()).map(({ checkpoint }) => checkpoint.status);
}
