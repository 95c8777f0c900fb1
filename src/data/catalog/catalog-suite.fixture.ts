import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { manualClock } from '../../base/clock.ts';
import { someSubject, someUser, upsertOf } from './catalog-records.fixture.ts';
import type { Catalog, CatalogUpsert } from './catalog.ts';
import { UPSERT_BATCH_MAX } from './catalog.ts';
import { recordKey } from './catalog-record.ts';
import type { CatalogChange } from './catalog-record.ts';
import { followChanges } from './follow-changes.ts';
import { moveSubject, upsertOne } from './upsert-one.ts';

/** What every catalog must do. `open` gives an empty one. */
export function describeCatalog(name: string, open: (clock: ReturnType<typeof manualClock>) => Promise<Catalog>): void {
  describe(name, () => {
    let catalog: Catalog;
    const clock = manualClock(5000);
    beforeEach(async () => {
      catalog = await open(clock);
    });
    afterEach(() => catalog.close());

    it('writes records of all types and gives them back as they were, in the order asked', async () => {
      const upserts = [upsertOf.user('u'), upsertOf.subject('s'), upsertOf.rules('r', { untilMs: 7 }, {})];
      expect(await catalog.upsert(upserts)).toEqual([1, 2, 3].map((version) => ({ outcome: 'created', version })));
      expect(await catalog.get('subject', ['content:none', 'content:s', 'feature:s'])).toEqual([
        null,
        { type: 'subject', key: 'content:s', version: 2, changedMs: clock.nowMs(), record: someSubject('s') },
        null,
      ]);
      expect((await catalog.get('user', ['u', 'u'])).map((found) => found?.record)).toEqual([someUser('u'), someUser('u')]);
      expect((await catalog.get('rule-set', ['r']))[0]?.record).toEqual(upserts[2]!.record);
    });

    it('makes a version of a change, none of equal content, whatever the order of fields', async () => {
      await catalog.upsert([upsertOf.subject('s')]);
      const backwards = (value: object) => Object.fromEntries(Object.entries(value).toReversed());
      const same = { ...backwards(someSubject('s')), attributes: backwards(someSubject('s').attributes) };
      expect(await catalog.upsert([{ type: 'subject', record: same } as CatalogUpsert])).toEqual([{ outcome: 'unchanged', version: 1 }]);
      expect(await catalog.upsert([upsertOf.subject('s', { title: 'New' })])).toEqual([{ outcome: 'updated', version: 2 }]);
      expect(await catalog.upsert([upsertOf.subject('s')])).toEqual([{ outcome: 'updated', version: 3 }]);
      expect(await catalog.version()).toBe(3);
    });

    it('refuses a record that is not of the version expected, and says which it is', async () => {
      const expecting = (expectedVersion: number, title: string) => ({ ...upsertOf.subject('s', { title }), expectedVersion });
      expect(await catalog.upsert([expecting(4, 'a')])).toMatchObject([
        { outcome: 'refused', reason: 'version', message: /is not there, version 4 was expected/ },
      ]);
      expect(await catalog.upsert([expecting(0, 'a'), expecting(1, 'b'), expecting(0, 'c')])).toMatchObject([
        { outcome: 'created', version: 1 },
        { outcome: 'updated', version: 2 },
        { outcome: 'refused', reason: 'version', message: /"content:s" has version 2, 0 was expected/ },
      ]);
      await expect(upsertOne(catalog, expecting(1, 'd'))).rejects.toMatchObject({ code: 'CATALOG_REFUSED', fields: { reason: 'version' } });
    });

    it('turns away what is not of the schema and keeps the others of the batch', async () => {
      const broken = { ...upsertOf.subject('bad'), record: { ...someSubject('bad'), tags: ['ok', 7] } } as unknown as CatalogUpsert;
      const results = await catalog.upsert([upsertOf.user('a'), broken, upsertOf.user('b')]);
      expect(results).toMatchObject([
        { outcome: 'created', version: 1 },
        { outcome: 'refused', reason: 'invalid', field: 'tags[1]', message: /tags\[1\]: .*expected string/ },
        { outcome: 'created', version: 2 },
      ]);
      expect(await catalog.upsert([{ type: 'toString', record: someUser('u') } as unknown as CatalogUpsert])).toMatchObject([
        { outcome: 'refused', reason: 'invalid', field: 'type' },
      ]);
      expect(await catalog.version()).toBe(2);
    });

    it('takes a batch up to its bound and throws beyond', async () => {
      const many = (count: number) => Array.from({ length: count }, (_, at) => upsertOf.user(`u${at}`));
      await expect(catalog.upsert(many(UPSERT_BATCH_MAX + 1))).rejects.toThrow(/10001 records/);
      expect((await catalog.upsert(many(UPSERT_BATCH_MAX))).at(-1)).toEqual({ outcome: 'created', version: UPSERT_BATCH_MAX });
    });

    it('moves subjects draft → live → retired, and back to live only when told to', async () => {
      const s = { kind: 'content', id: 's' } as const;
      await catalog.upsert([upsertOf.subject('s', { lifecycle: 'draft' })]);
      await expect(moveSubject(catalog, { kind: 'feature', id: 's' }, 'live')).rejects.toMatchObject({ fields: { reason: 'missing' } });
      expect(await moveSubject(catalog, s, 'live')).toBe(2);
      await expect(moveSubject(catalog, s, 'draft')).rejects.toThrow(/cannot become a draft again/);
      expect(await moveSubject(catalog, s, 'retired')).toBe(3);
      await expect(moveSubject(catalog, s, 'live')).rejects.toThrow(/reinstate/);
      await expect(moveSubject(catalog, s, 'draft', { reinstate: true })).rejects.toThrow(/cannot become a draft again/);
      expect(await catalog.upsert([upsertOf.subject('s')])).toMatchObject([
        { outcome: 'refused', reason: 'lifecycle', field: 'lifecycle' },
      ]);
      expect(await moveSubject(catalog, s, 'live', { reinstate: true })).toBe(4);
      expect((await catalog.get('subject', ['content:s']))[0]?.record).toEqual(someSubject('s'));
    });

    it('pages live subjects of one kind in the order of their bytes, others left out', async () => {
      const ids = ['b', 'a', 'é', '\u{1f680}', '\uffee', 'c:d', 'Z'];
      await catalog.upsert([
        ...ids.map((id) => upsertOf.subject(id)),
        upsertOf.subject('draft', { lifecycle: 'draft' }),
        upsertOf.subject('gone', { lifecycle: 'retired' }),
        upsertOf.subject('aa', { kind: 'feature' }),
        upsertOf.subject('zz', { kind: 'instrument' }),
      ]);
      const found: string[] = [];
      for (let after: string | undefined; ;) {
        const page = await catalog.listLive('content', { limit: 2, ...(after === undefined ? {} : { after }) });
        if (page.length === 0) break;
        expect(page.length).toBeLessThanOrEqual(2);
        found.push(...page.map(({ record }) => record.id));
        after = page.at(-1)!.key;
      }
      expect(found).toEqual(['Z', 'a', 'b', 'c:d', 'é', '\uffee', '\u{1f680}']);
      expect((await catalog.listLive('feature', { limit: 9 })).map(({ key }) => key)).toEqual(['feature:aa']);
      expect((await catalog.listLive('feature', { limit: 9, after: 'content:b' })).map(({ key }) => key)).toEqual(['feature:aa']);
      expect(await catalog.listLive('feature', { limit: 9, after: 'instrument:a' })).toEqual([]);
      expect((await catalog.list('subject', { limit: 3, after: 'content:gone' })).map(({ key }) => key)).toEqual([
        'content:é',
        'content:\uffee',
        'content:\u{1f680}',
      ]);
      await moveSubject(catalog, { kind: 'feature', id: 'aa' }, 'retired');
      expect(await catalog.listLive('feature', { limit: 9 })).toEqual([]);
    });

    it('follows changes until told to stop, waiting only when there is nothing new', async () => {
      await catalog.upsert([upsertOf.user('a'), upsertOf.user('b'), upsertOf.user('c')]);
      const stop = new AbortController();
      const seen: number[][] = [];
      let waits = 0;
      const wait = async () => {
        if (++waits === 1) await catalog.upsert([upsertOf.user('d'), upsertOf.user('a', { riskClass: 3 })]);
        else stop.abort();
      };
      for await (const changes of followChanges(catalog, 1, { signal: stop.signal, wait, batchChangesMax: 2 })) {
        seen.push(changes.map(({ version }) => version));
      }
      expect([seen, waits]).toEqual([
        [
          [2, 3],
          [4, 5],
        ],
        2,
      ]);
    });

    it('counts what it holds', async () => {
      await catalog.upsert([
        upsertOf.user('u'),
        upsertOf.user('u', { riskClass: 0 }),
        upsertOf.subject('s'),
        upsertOf.subject('t', { lifecycle: 'draft' }),
        upsertOf.subject('i', { kind: 'instrument' }),
        upsertOf.rules('r'),
      ]);
      const { bytes, ...counts } = await catalog.statistics();
      expect(bytes).toBeGreaterThan(0);
      expect(counts).toEqual({
        users: 1,
        ruleSets: 1,
        subjects: {
          content: { draft: 1, live: 1, retired: 0 },
          feature: { draft: 0, live: 0, retired: 0 },
          instrument: { draft: 0, live: 1, retired: 0 },
        },
        version: 6,
        changes: 6,
        oldestVersion: 0,
      });
    });

    it('says that it was closed', async () => {
      await catalog.close();
      await expect(catalog.upsert([])).rejects.toThrow(/was closed/);
      await expect(catalog.version()).rejects.toThrow(/was closed/);
    });

    it('tells every state that it was in, from the feed and as of every version, before and after history is dropped', async () => {
      const upsert = fc.oneof(
        fc.record({ id: fc.constantFrom('a', 'b'), riskClass: fc.constantFrom(0, 1) }).map(({ id, riskClass }) => {
          return upsertOf.user(id, { riskClass: riskClass as 0 | 1 });
        }),
        fc.record({ id: fc.constantFrom('a', 'b', 'c'), title: fc.constantFrom('x', 'y') }).map(({ id, title }) => {
          return upsertOf.subject(id, { title });
        }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(fc.array(upsert, { maxLength: 4 }), { maxLength: 6 }), fc.nat(12), async (batches, dropTo) => {
          const own = await open(clock);
          try {
            // The oracle: the whole catalog as a map, after every version.
            const states: Map<string, unknown>[] = [new Map()];
            for (const batch of batches) {
              const results = await own.upsert(batch);
              for (const [at, result] of results.entries()) {
                if (result.outcome === 'refused' || result.outcome === 'unchanged') continue;
                const { type, record } = batch[at]!;
                states.push(new Map(states.at(-1)).set(`${type} ${recordKey(type, record)}`, record));
                expect(result.version).toBe(states.length - 1);
              }
            }
            await expectStates(own, states, 0);
            const before = (await own.statistics()).changes;
            const dropped = await own.dropHistory(dropTo);
            const { changes, oldestVersion } = await own.statistics();
            expect([changes, oldestVersion]).toEqual([before - dropped, Math.min(dropTo, states.length - 1)]);
            await expectStates(own, states, oldestVersion);
          } finally {
            await own.close();
          }
        }),
        { numRuns: 25 },
      );
    });
  });
}

async function expectStates(catalog: Catalog, states: readonly ReadonlyMap<string, unknown>[], oldest: number): Promise<void> {
  const latest = states.length - 1;
  const keys = { user: ['a', 'b'], subject: ['content:a', 'content:b', 'content:c'] } as const;
  for (const type of ['user', 'subject'] as const) {
    for (const [version, state] of states.entries()) {
      const read = catalog.get(type, keys[type], { atVersion: version });
      if (version < oldest) await expect(read).rejects.toMatchObject({ code: 'CATALOG_HISTORY_DROPPED' });
      else expect((await read).map((found) => found?.record)).toEqual(keys[type].map((key) => state.get(`${type} ${key}`)));
    }
    for (const key of keys[type]) {
      const history = await catalog.history(type, key, { limit: 100 });
      const state = states[latest]!.get(`${type} ${key}`);
      expect(history[0]?.record).toEqual(state);
      expect(history.map(({ version }) => version)).toEqual(history.map(({ version }) => version).toSorted((a, b) => b - a));
    }
  }
  const replayed = new Map<string, unknown>();
  let version = 0;
  for (let changes: readonly CatalogChange[]; (changes = await catalog.changesSince(version, 3)).length > 0;) {
    for (const change of changes) {
      expect(change.version).toBeGreaterThan(version);
      version = change.version;
      replayed.set(`${change.type} ${change.key}`, change.record);
      if (version >= oldest) expect(replayed).toEqual(states[version]);
    }
  }
  expect([version, replayed]).toEqual([latest, states[latest]]);
}
