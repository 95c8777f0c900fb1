import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMemoryEventLog } from '../features/stream/memory-event-log.fixture.ts';
import { oraclePages, oracleTokens } from './actions-oracle.fixture.ts';
import { plainActions } from './plain-actions.fixture.ts';
import { readActions } from './read-actions.ts';
import { actionsOf, eventsArbitrary, eventsOf, type Deed } from './some-actions.fixture.ts';

describe('against the oracle', () => {
  test('tokens and pages of any log', async () => {
    await fc.assert(
      fc.asyncProperty(eventsArbitrary, async (events) => {
        const plain = plainActions(await actionsOf(events));
        const tokens = oracleTokens(events);
        expect([...plain.tokens.keys()]).toEqual([...tokens.keys()]);
        for (const [user, own] of tokens) expect(plain.tokens.get(user)).toEqual(own.map(({ token }) => token));
        expect(plain.pages).toEqual(oraclePages(events).map(({ requestId, ...page }) => (requestId === '' ? null : page)));
      }),
      { numRuns: 200 },
    );
  });

  test('equal logs give equal bytes, however they are batched', async () => {
    await fc.assert(
      fc.asyncProperty(eventsArbitrary, fc.integer({ min: 1, max: 7 }), async (events, batchEventsMax) => {
        const log = createMemoryEventLog(events);
        const batched = await readActions({ read: (from) => log.read(from, { batchEventsMax }) });
        expect(batched).toEqual(await actionsOf(events));
      }),
      { numRuns: 50 },
    );
  });

  test('what a page may see stays as it is whatever comes later', async () => {
    await fc.assert(
      fc.asyncProperty(eventsArbitrary, fc.integer({ min: 0, max: 40 }), async (events, cut) => {
        const history = ({ pages }: ReturnType<typeof plainActions>) => new Map(pages.map((page) => [JSON.stringify([page.user, page.timeMs, page.places.map(({ subject }) => subject)]), page.history])); // prettier-ignore
        const before = history(plainActions(await actionsOf(events.slice(0, cut))));
        const after = history(plainActions(await actionsOf(events)));
        for (const [page, seen] of before) {
          const later = after.get(page);
          // A page that went on being told of is another one.
          if (later !== undefined) expect(later).toEqual(seen);
        }
      }),
      { numRuns: 100 },
    );
  });
});

async function read(...deeds: readonly Deed[]) {
  const data = await actionsOf(eventsOf(deeds));
  return { data, ...plainActions(data) };
}

describe('tokens', () => {
  test('dwell in seconds, money in units, no value where there is no unit', async () => {
    const { tokens } = await read(
      { action: 'dwell', at: 1, value: 12_500 },
      { action: 'trade-filled', at: 2, subject: 'btc', value: 75_168 },
      { action: 'order-placed', at: 3, subject: 'btc' },
      { action: 'like', at: 4, value: 7 },
      { action: 'deposit', at: 5, value: 5 },
    );
    expect(tokens.get('u')!.map(({ value }) => value)).toEqual([12.5, Math.fround(751.68), NaN, NaN, Math.fround(0.05)]);
  });

  test('stand in the order in which they were known; their times never fall and never run ahead of ours', async () => {
    const { data, tokens } = await read(
      { action: 'click', at: 100, lag: 0 },
      { action: 'like', at: 500, lag: -300 },
      { action: 'share', at: 50, lag: 200 },
    );
    expect(tokens.get('u')!.map(({ action, timeMs }) => [action, timeMs])).toEqual([
      ['click', 100],
      ['like', 200],
      ['share', 200],
    ]);
    expect(data.happenings.happenedMs).toEqual(Float64Array.of(100, 200, 50));
  });

  test('in one received millisecond the sender’s time decides, then the log', async () => {
    const { tokens } = await read(
      { action: 'like', at: 8, lag: 2 },
      { action: 'click', at: 5, lag: 5 },
      { action: 'share', at: 5, lag: 5 },
      { action: 'comment', at: 9, lag: 1 },
    );
    expect(tokens.get('u')!.map(({ action }) => action)).toEqual(['click', 'share', 'like', 'comment']);
  });

  test('impressions, sessions and prices are none; a choice of actions is kept', async () => {
    const deeds: readonly Deed[] = [
      { action: 'session-start', at: 0 },
      { action: 'impression', at: 1, request: 'r' },
      { action: 'click', at: 2, request: 'r' },
      { action: 'open', at: 3, subject: 'spot' },
      { action: 'price', at: 4 },
      { action: 'session-end', at: 5 },
    ];
    const all = await actionsOf(eventsOf(deeds));
    expect([...plainActions(all).tokens.get('u')!].map(({ action }) => action)).toEqual(['click', 'open']);
    expect(all.sequences.vocabulary.actions).toHaveLength(19);
    expect(all.happenings.count).toBe(4);
    const some = await actionsOf(eventsOf(deeds), { actions: ['open', 'dwell'] });
    expect(some.sequences.vocabulary).toMatchObject({ actions: ['dwell', 'open'], domains: ['content', 'feature'] });
    expect(some.sequences.vocabulary.domainOfAction).toEqual(Uint8Array.of(0, 1));
    expect(
      plainActions(some)
        .tokens.get('u')!
        .map(({ action }) => action),
    ).toEqual(['open']);
    expect(some.pages.visible).toEqual(Int32Array.of(0));
  });

  test('surfaces beyond those that have a code count as none, and are counted', async () => {
    const deeds = Array.from({ length: 260 }, (_, at): Deed => ({ action: 'click', at, surface: `s${at}` }));
    const { data, tokens } = await read(...deeds);
    expect(data.sequences.vocabulary.surfaces).toHaveLength(255);
    expect(data.counts.surfacesLeftOut).toBe(6);
    expect(tokens.get('u')!.slice(252, 256).map(({ surface }) => surface)).toEqual(['s252', 's253', '', '']); // prettier-ignore
  });
});

describe('pages', () => {
  test('see what was received before the earliest moment that their request is told of', async () => {
    const { pages } = await read(
      { action: 'click', at: 1 },
      { action: 'like', at: 2, lag: 20 },
      { action: 'share', at: 10 },
      { action: 'query', at: 10, lag: 3, request: 'r' },
      { action: 'impression', at: 12, lag: 1, request: 'r' },
    );
    expect(pages).toMatchObject([{ timeMs: 10, query: 'bitcoin', history: [{ action: 'click' }] }]);
  });

  test('answer the first of the queries that name their request, by when they were typed', async () => {
    const { pages } = await read(
      { action: 'refine', at: 9, request: 'r', query: 'bitcoin price' },
      { action: 'query', at: 7, lag: 4, request: 'r', query: 'bitcoin' },
      { action: 'query', at: 7, lag: 5, request: 'r', query: 'ether' },
      { action: 'impression', at: 8, lag: 9, request: 'r' },
    );
    expect(pages).toMatchObject([{ timeMs: 7, query: 'bitcoin' }]);
  });

  test('never see what was done on them, whatever the clocks say', async () => {
    const { pages } = await read(
      { action: 'click', at: 5, lag: 3, request: 'r' },
      { action: 'impression', at: 500, lag: -480, request: 'r' },
    );
    expect(pages).toMatchObject([{ timeMs: 5, history: [], places: [{ seenMs: 20, knownMs: 20 }] }]);
  });

  test('are of one user each, in order of position; what was not logged stands behind', async () => {
    const { pages } = await read(
      { action: 'impression', at: 9, request: 'r', subject: 'plain', position: null },
      { action: 'impression', at: 8, request: 'r', subject: 'btc', position: 4 },
      { action: 'impression', at: 7, request: 'r', subject: 'post', position: 3 },
      { action: 'impression', at: 7, request: 'r', user: 'v', subject: 'eth', position: 1 },
    );
    expect(pages.map(({ user, places }) => [user, places.map(({ subject, position }) => `${subject}@${position}`)])).toEqual([
      ['u', ['content:post@3', 'instrument:BTC@4', 'content:plain@5']],
      ['v', ['instrument:ETH@1']],
    ]);
    expect(pages[0]!.places.map(({ propensity }) => propensity)).toEqual([NaN, 0.25, 0.25]);
  });

  test('a subject shown twice is one place, the one known first; impressions without a request are left out and counted', async () => {
    const { data, pages } = await read(
      { action: 'impression', at: 9, request: 'r', position: 2 },
      { action: 'impression', at: 3, lag: 7, request: 'r', position: 0 },
      { action: 'impression', at: 9, request: null, position: 0 },
      { action: 'impression', at: 9, request: null, position: 0, user: 'v' },
    );
    expect(pages).toMatchObject([{ timeMs: 3, places: [{ position: 2, seenMs: 9, knownMs: 9 }] }]);
    expect(data.counts).toMatchObject({ events: 4, impressions: 4, impressionsWithoutRequest: 2, impressionsRepeated: 1 });
    expect(data.users.ids).toEqual(['u']);
  });

  test('requests that nothing was seen of are no pages', async () => {
    const { data } = await read({ action: 'query', at: 1, request: 'r' }, { action: 'click', at: 2, request: 'r' });
    expect(data.pages.listCount).toBe(0);
    expect(data.pages.offsets).toEqual(Int32Array.of(0));
    expect(data.happenings.lists).toEqual(Int32Array.of(-1, -1));
  });
});

describe('reading', () => {
  test('an empty log gives empty columns', async () => {
    const data = await actionsOf([]);
    expect(data).toMatchObject({ nextOffset: 0, endMs: -Infinity, subjects: { count: 0 }, users: { count: 0 }, pages: { listCount: 0 } });
  });

  test('more rows than a block holds come out as they went in', async () => {
    const count = 70_000;
    const deeds = Array.from({ length: count }, (_, at): Deed => ({ action: 'dwell', at, value: at * 1000 }));
    const { sequences, endMs, nextOffset } = await actionsOf(eventsOf(deeds));
    expect(sequences.timesMs).toEqual(Float64Array.from({ length: count }, (_, at) => at));
    expect(sequences.values).toEqual(Float32Array.from({ length: count }, (_, at) => at));
    expect([endMs, nextOffset]).toEqual([count, count]);
  });

  test('tells how far it is, and stops when it is told to', async () => {
    const events = eventsOf(Array.from({ length: 2500 }, (_, at): Deed => ({ action: 'click', at })));
    const told: number[] = [];
    await readActions(createMemoryEventLog(events), {}, { onProgress: (read) => told.push(read) });
    expect(told).toEqual([1000, 2000, 2500]);
    const stop = new AbortController();
    const reading = readActions(
      createMemoryEventLog(events),
      {},
      { signal: stop.signal, onProgress: () => stop.abort(new Error('stopped')) },
    );
    await expect(reading).rejects.toThrow('stopped');
  });
});
