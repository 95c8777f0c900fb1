import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Server } from './create-server.ts';
import { historyOfUser } from './serving-data.ts';
import { postRecommend, ringData, ringRanker, ringService, startServer } from './server.fixture.ts';

const ids = (body: { items: { itemId: string }[] }) => body.items.map(({ itemId }) => itemId);

describe('POST /v1/recommend', () => {
  let server: Server;
  const ranker = ringRanker();

  beforeAll(async () => {
    const itemTitles = Array.from({ length: 30 }, (_, item) => (item === 5 ? 'Five' : null));
    server = await startServer({ service: ringService({ ranker, data: { ...ringData(), itemTitles }, historyLengthMax: 4 }) });
    await server.ready;
  });
  afterAll(() => server.close());

  it('recommends for a raw history what comes next, without what was seen', async () => {
    const { status, body, headers } = await postRecommend(server, { history: ['item-3', { itemId: 'item-4' }], k: 3 });
    expect(status).toBe(200);
    expect(body).toEqual({
      requestId: headers.get('x-request-id'),
      items: [
        { itemId: 'item-5', score: 0, title: 'Five' },
        { itemId: 'item-6', score: -1 },
        { itemId: 'item-7', score: -2 },
      ],
      source: 'model',
      model: { name: 'ring', revision: 'r1' },
      k: 3,
      shortBy: 0,
      historyLength: 2,
      unknownItemCount: 0,
      unknownExcludeCount: 0,
    });
  });

  it('recommends to a user by the history in the data', async () => {
    const data = ringData();
    for (const user of [0, 6, 13]) {
      const last = historyOfUser(data, user).items.at(-1)!;
      const { body } = await postRecommend(server, { userId: `user-${user}`, k: 2 });
      expect(ids(body)).toEqual([`item-${(last + 1) % 30}`, `item-${(last + 2) % 30}`]);
      expect(body).toMatchObject({ source: 'model', historyLength: 1 + (user % 7) });
    }
  });

  it('hands the model no more of a history than it reads, but leaves out all that was seen', async () => {
    const history = Array.from({ length: 6 }, (_, item) => `item-${item}`);
    const { body } = await postRecommend(server, { history, k: 30 });
    expect([...ranker.batches.at(-1)!.histories.at(-1)!]).toEqual([2, 3, 4, 5]);
    expect(body.items.length).toBe(24);
    expect(body).toMatchObject({ historyLength: 6, shortBy: 6 });
  });

  it('leaves out what is excluded, and keeps what was seen where told to', async () => {
    const excluded = await postRecommend(server, { history: ['item-4'], exclude: ['item-5', 'no-such'], k: 1 });
    expect(ids(excluded.body)).toEqual(['item-6']);
    expect(excluded.body.unknownExcludeCount).toBe(1);
    const seen = await postRecommend(server, { history: ['item-4'], excludeSeen: false, k: 30 });
    expect(ids(seen.body)).toContain('item-4');
    expect(seen.body.shortBy).toBe(0);
  });

  it('says how many it is short of k', async () => {
    const { body } = await postRecommend(server, { history: ['item-4'], k: 1000 });
    expect([body.items.length, body.k, body.shortBy]).toEqual([29, 1000, 971]);
  });

  it.each([
    [{ userId: 'nobody' }, 'unknown-user', 0],
    [{ userId: '\u0000' }, 'unknown-user', 0],
    [{ userId: '\ud800' }, 'unknown-user', 0],
    [{ userId: '__proto__' }, 'unknown-user', 0],
    [{ userId: 'empty' }, 'empty-history', 0],
    [{ history: [] }, 'empty-history', 0],
    [{ history: ['x', { itemId: 'constructor' }] }, 'unknown-items', 2],
  ])('falls back to popularity and says why: %j', async (request, reason, unknownItemCount) => {
    const { status, body } = await postRecommend(server, { ...request, k: 30 });
    expect(status).toBe(200);
    expect(body).toMatchObject({ source: 'popularity', reason, historyLength: 0, unknownItemCount });
    const counts = new Float64Array(30);
    for (const item of ringData().items) counts[item]! += 1;
    expect(body.items.map(({ score }: { score: number }) => score)).toEqual([...counts].sort((a, b) => b - a));
  });

  it('skips unknown items of a history and counts them', async () => {
    const { body } = await postRecommend(server, { history: ['item-4', 'x', 'item-7', 'y'], k: 1 });
    expect(ids(body)).toEqual(['item-8']);
    expect(body).toMatchObject({ source: 'model', historyLength: 2, unknownItemCount: 2 });
  });

  it('gives k = 10 where nothing is said', async () => {
    expect((await postRecommend(server, { userId: 'user-0' })).body.items.length).toBe(10);
  });

  it('answers concurrent requests each with its own items', async () => {
    const answers = await Promise.all(Array.from({ length: 60 }, (_, at) => postRecommend(server, { history: [`item-${at % 30}`], k: 1 })));
    for (const [at, { body }] of answers.entries()) expect(ids(body)).toEqual([`item-${(at + 1) % 30}`]);
    expect(ranker.batches.length).toBeGreaterThan(0);
  });

  it('takes a short plain request id from the caller and makes its own otherwise', async () => {
    const own = await postRecommend(server, { userId: 'empty' }, { 'x-request-id': 'trace-1:a' });
    expect(own.body.requestId).toBe('trace-1:a');
    const bad = await postRecommend(server, { userId: 'empty' }, { 'x-request-id': '<script>' });
    expect(bad.body.requestId).toMatch(/^[0-9a-f]{16}$/);
  });
});

describe('POST /v1/recommend on data with times', () => {
  it('hands the model times, filled in where the request has none, and the time of the request', async () => {
    const ranker = ringRanker();
    const clock = { nowMs: () => 9_000_000, monotonicMs: () => performance.now() };
    const server = await startServer({ service: ringService({ ranker, data: ringData(true), clock }) });
    await server.ready;
    const history = ['item-1', { itemId: 'item-2', timeMs: 500 }, 'nothing', 'item-3', { itemId: 'item-4', timeMs: 700 }];
    await postRecommend(server, { history });
    expect([...ranker.batches[0]!.timesMs![0]!]).toEqual([500, 500, 500, 700]);
    expect([...ranker.batches[0]!.requestTimesMs!]).toEqual([9_000_000]);
    await postRecommend(server, { history: ['item-1', 'item-2'] });
    expect([...ranker.batches[1]!.timesMs![0]!]).toEqual([9_000_000, 9_000_000]);
    await postRecommend(server, { userId: 'user-1' });
    expect([...ranker.batches[2]!.timesMs![0]!]).toEqual([1_000_001, 1_000_002]);
    const backwards = [{ itemId: 'item-1', timeMs: 5 }, 'item-2', { itemId: 'item-3', timeMs: 4 }];
    const refused = await postRecommend(server, { history: backwards });
    expect(refused).toMatchObject({ status: 400, body: { error: { code: 'HISTORY_ORDER', field: 'history[2].timeMs' } } });
    await server.close();
  });
});
