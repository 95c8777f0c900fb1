import { describe, expect, test } from 'vitest';
import { silentLogger } from '../../../base/logger.ts';
import type { Event } from '../../events/event.ts';
import { count, decayed, distinct, featureView, last, priceReturn, ratio, sliding, sum, top } from '../declare.ts';
import { platformFeatures, userFeatures } from '../platform-features.ts';
import { createFeatureReader } from '../read-features.ts';
import { featureValue } from '../feature-table.ts';
import type { FeatureStore } from '../store/feature-store.ts';
import { createMemoryFeatureStore } from '../store/memory-feature-store.ts';
import { createFeatureStream } from './create-feature-stream.ts';
import { worldEvents } from './world-events.fixture.ts';

const DAY_MS = 86_400_000;
const [template] = [...worldEvents(1, 1)];
const users = featureView({
  name: 'users',
  entity: 'user',
  features: { clicks: count({ where: { actions: ['click'] } }), recent: last({ of: 'subject', count: 3 }) },
});
const click = (userId: string, timeMs: number, more: Partial<Event> = {}): Event => ({
  ...template!,
  userId,
  action: 'click',
  timeMs,
  receivedTimeMs: timeMs,
  ...more,
});
const open = (store: FeatureStore, settings = {}) => createFeatureStream({ views: [users], store, settings, logger: silentLogger });

describe('reading', () => {
  test('columns are typed by the view; absent keys have the values of no events', async () => {
    const store = createMemoryFeatureStore();
    const stream = await open(store);
    await stream.consume({ firstOffset: 5, events: [click('a', 100), click('a', 200)] });
    await stream.flush();
    const table = await createFeatureReader(store).read(users, ['a', 'b'], { atMs: 1000 });
    const clicks: Float64Array = table.columns.clicks;
    const recent: readonly (readonly string[])[] = table.columns.recent;
    expect([...clicks]).toEqual([2, 0]);
    expect(recent.map((list) => list.length)).toEqual([2, 0]);
    expect(featureValue(table, 'clicks', 0)).toBe(2);
    expect([...table.touchedMs]).toEqual([200, Number.NaN]);
    expect(table.consumed).toEqual({ nextOffset: 7, receivedTimeMs: 200 });
    const some = await stream.read(users, ['a'], { atMs: 1000, features: ['clicks'] });
    expect(Object.keys(some.columns)).toEqual(['clicks']);
    // @ts-expect-error only what was asked for is there
    expect(some.columns.recent).toBeUndefined();
  });

  test('sees what is not flushed yet, and never the past', async () => {
    const store = createMemoryFeatureStore();
    const stream = await open(store);
    await stream.consume({ firstOffset: 0, events: [click('a', 100)] });
    const table = await stream.read(users, ['a'], { atMs: 50 });
    expect({ clicks: [...table.columns.clicks], atMs: table.atMs }).toEqual({ clicks: [1], atMs: 101 });
    const stored = await createFeatureReader(store).read(users, ['a'], { atMs: 150 });
    expect({ clicks: [...stored.columns.clicks], consumed: stored.consumed.nextOffset }).toEqual({ clicks: [0], consumed: 0 });
  });

  test('names what is not built', async () => {
    const store = createMemoryFeatureStore();
    const reader = createFeatureReader(store);
    await expect(reader.read(users, ['a'], { atMs: 1 })).rejects.toMatchObject({ code: 'FEATURES_NOT_BUILT' });
    await open(store);
    const other = featureView({ ...users, features: { ...users.features, clicks: count(), more: decayed({ halfLife: '1h' }) } });
    await expect(reader.read(other, ['a'], { atMs: 1 })).rejects.toThrow(/lacks clicks, more as declared/);
    expect((await reader.read(other, ['a'], { atMs: 1, features: ['recent'] })).columns.recent).toEqual([[]]);
  });
});

describe('consuming', () => {
  test('what was consumed already changes nothing, whole batches and parts', async () => {
    const stream = await open(createMemoryFeatureStore());
    const events = [click('a', 100), click('a', 110), click('a', 120)];
    await stream.consume({ firstOffset: 0, events: events.slice(0, 2) });
    await stream.consume({ firstOffset: 0, events: events.slice(0, 2) });
    await stream.consume({ firstOffset: 1, events: events.slice(1) });
    const table = await stream.read(users, ['a'], { atMs: 1000 });
    expect([...table.columns.clicks]).toEqual([3]);
    expect(stream.statistics().views[0]).toMatchObject({ nextOffset: 3, events: 3 });
  });

  test('counts what comes too late for a sealed pane', async () => {
    const view = featureView({
      name: 'v',
      entity: 'user',
      features: {
        subjects: distinct({ of: 'subject', window: sliding('1h', '1m') }),
        tags: top({ of: 'tag', count: 3, window: sliding('1h', '1m') }),
      },
    });
    const stream = await createFeatureStream({ views: [view], store: createMemoryFeatureStore(), logger: silentLogger });
    const inTime = click('a', 60_000, { receivedTimeMs: 179_999 });
    const late = click('a', 60_000, { receivedTimeMs: 180_000 });
    await stream.consume({ firstOffset: 0, events: [inTime, late] });
    expect(stream.statistics().views[0]!.late).toBe(2);
    const table = await stream.read(view, ['a'], { atMs: 200_000 });
    expect([...table.columns.subjects]).toEqual([1]);
  });

  test('of two prices at one time the later in the log counts; a pane admits its first terms only', async () => {
    const market = featureView({ name: 'm', entity: 'instrument', features: { move: priceReturn({ window: sliding('10m', '1m') }) } });
    const tags = featureView({
      name: 't',
      entity: 'user',
      features: { two: top({ of: 'tag', count: 3, termsMax: 2, window: sliding('10m', '10m') }) },
    });
    const price = (timeMs: number, value: number) =>
      click('', timeMs, { userId: null, action: 'price', value, subject: { ...template!.subject!, instruments: ['X'] } });
    const tagged = (timeMs: number, ...names: string[]) => click('a', timeMs, { subject: { ...template!.subject!, tags: names } });
    const stream = await createFeatureStream({ views: [market, tags], store: createMemoryFeatureStore(), logger: silentLogger });
    const minutes = (count: number) => count * 60_000;
    await stream.consume({
      firstOffset: 0,
      events: [
        tagged(1, 'x', 'y'),
        tagged(2, 'z'),
        tagged(3, 'z', 'y'),
        price(minutes(1), 50),
        price(minutes(12), 80),
        price(minutes(12), 75),
      ],
    });
    const [moves, first] = [await stream.read(market, ['X'], { atMs: minutes(13) }), await stream.read(tags, ['a'], { atMs: minutes(13) })];
    expect(moves.columns.move[0]).toBe(0.5);
    expect(first.columns.two[0]).toEqual(['y', 'x']);
  });

  test('a commit that fails loses nothing: the next one takes it', async () => {
    const store = createMemoryFeatureStore();
    let fails = 1;
    const breaking: FeatureStore = {
      ...store,
      commit: async (changes) => {
        if (changes.some(({ keys }) => keys.length > 0) && fails-- > 0) throw new Error('disk full');
        await store.commit(changes);
      },
    };
    const stream = await createFeatureStream({ views: [users], store: breaking, logger: silentLogger });
    await stream.consume({ firstOffset: 0, events: [click('a', 100), click('b', 100)] });
    await expect(stream.flush()).rejects.toThrow('disk full');
    await stream.consume({ firstOffset: 2, events: [click('a', 200)] });
    await stream.close();
    const table = await createFeatureReader(store).read(users, ['a', 'b'], { atMs: 1000 });
    expect([...table.columns.clicks]).toEqual([2, 1]);
  });

  test('a read that fails leaves the stream as it was', async () => {
    const store = createMemoryFeatureStore();
    let fails = 0;
    const breaking: FeatureStore = {
      ...store,
      read: async (...given) => {
        if (fails-- > 0) throw new Error('network');
        return await store.read(...given);
      },
    };
    const first = await open(store);
    await first.consume({ firstOffset: 0, events: [click('a', 100)] });
    await first.close();
    const stream = await createFeatureStream({ views: [users], store: breaking, logger: silentLogger });
    fails = 1;
    await expect(stream.consume({ firstOffset: 1, events: [click('a', 200)] })).rejects.toThrow('network');
    await stream.consume({ firstOffset: 1, events: [click('a', 200)] });
    expect([...(await stream.read(users, ['a'], { atMs: 1000 })).columns.clicks]).toEqual([2]);
  });

  test('refuses settings out of range by name', async () => {
    await expect(open(createMemoryFeatureStore(), { dirtyRecordsMax: 0 })).rejects.toMatchObject({
      code: 'FEATURE_SETTINGS',
      fields: { setting: 'dirtyRecordsMax' },
    });
  });
});

test('what is untouched for the time to live reads as absent, begins anew, and is swept', async () => {
  const store = createMemoryFeatureStore();
  const settings = { timeToLiveMs: 10 * DAY_MS, sweptRecordsMax: 2 };
  let stream = await open(store, settings);
  const events = ['a', 'b', 'c', 'd'].map((user) => click(user, DAY_MS));
  await stream.consume({ firstOffset: 0, events });
  await stream.flush();
  const reader = createFeatureReader(store);
  const clicksAt = async (atMs: number) => [...(await reader.read(users, ['a', 'b'], { atMs })).columns.clicks];
  expect(await clicksAt(11 * DAY_MS)).toEqual([1, 1]);
  expect(await clicksAt(11 * DAY_MS + 1)).toEqual([0, 0]);
  stream = await open(store, settings);
  await stream.consume({ firstOffset: 4, events: [click('a', 12 * DAY_MS)] });
  expect([...(await stream.read(users, ['a', 'b'], { atMs: 12 * DAY_MS + 1 })).columns.clicks]).toEqual([1, 0]);
  const { fingerprint } = stream.statistics().views[0]!;
  for (let step = 0; step < 4; step++) {
    await stream.consume({ firstOffset: 5 + step, events: [click('a', 12 * DAY_MS)] });
    await stream.flush();
  }
  expect(stream.statistics().recordsSwept).toBe(3);
  expect(await store.countRecords(fingerprint)).toBe(1);
  expect(await clicksAt(12 * DAY_MS + 1)).toEqual([5, 0]);
});

test('memory is bounded: cold records go, and nothing but speed changes', async () => {
  const events = [...worldEvents(3, 3000)];
  const at = { atMs: events.at(-1)!.receivedTimeMs + 1 };
  const keys = [...new Set(events.flatMap((event) => event.userId ?? []))];
  const run = async (cachedRecordsMax: number) => {
    const settings = { cachedRecordsMax, dirtyRecordsMax: 200 };
    const stream = await createFeatureStream({
      views: platformFeatures,
      store: createMemoryFeatureStore(),
      settings,
      logger: silentLogger,
    });
    let most = 0;
    for (let from = 0; from < events.length; from += 100) {
      await stream.consume({ firstOffset: from, events: events.slice(from, from + 100) });
      most = Math.max(
        most,
        stream.statistics().views.reduce((all, view) => all + view.recordsCached, 0),
      );
    }
    return { most, columns: (await stream.read(userFeatures, keys, at)).columns };
  };
  const small = await run(400);
  const large = await run(1_000_000);
  expect(small.most).toBeLessThan(large.most / 2);
  expect(small.columns).toEqual(large.columns);
});

test('every filter and number of a declaration counts', async () => {
  const view = featureView({
    name: 'v',
    entity: 'user',
    features: {
      on_feed: count({ where: { surfaces: ['feed'] } }),
      of_features: count({ where: { subjectKinds: ['feature'] } }),
      at_least_ten: sum({ where: { valueMin: 10 }, of: 'value' }),
      per_unit: ratio({ numerator: { of: 'value' }, denominator: { of: 'quantity' } }),
    },
  });
  const stream = await createFeatureStream({ views: [view], store: createMemoryFeatureStore(), logger: silentLogger });
  const context = { ...template!.context, surface: 'search' };
  await stream.consume({
    firstOffset: 0,
    events: [
      click('a', 1, { value: 9, quantity: null, subject: null, context: { ...context, surface: 'feed' } }),
      click('a', 2, { value: 10, quantity: 4, subject: { ...template!.subject!, kind: 'feature' }, context }),
      click('a', 3, { value: null, quantity: null, subject: null, context }),
    ],
  });
  const table = await stream.read(view, ['a'], { atMs: 10 });
  expect(Object.values(table.columns).map((column) => column[0])).toEqual([1, 1, 10, 19 / 4]);
});
