import { afterEach, expect, test } from 'vitest';
import { someSubject } from '../../data/catalog/catalog-records.fixture.ts';
import type { SubjectRecord } from '../../data/catalog/subject-record.ts';
import type { Event } from '../../data/events/event.ts';
import { someEvent } from '../../data/events/some-event.fixture.ts';
import type { Page, PageRequest, Policy } from '../../world/policy.ts';
import type { Server } from '../server/create-server.ts';
import { ringData, ringService, startServer } from '../server/server.fixture.ts';
import { createHttpPolicy } from './http-policy.ts';
import { worldServer } from './world-server.ts';

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** A server whose items are posts; item 3 has an id that names no subject. */
async function postServer(): Promise<Server> {
  const data = ringData();
  const itemIds = data.itemIds.map((id, at) => (at === 3 ? 'no subject' : `content:${id}`));
  const server = await startServer({ service: ringService({ data: { ...data, itemIds } }) });
  servers.push(server);
  return server;
}

/** Nobody waits here: these servers are not busy. */
const serverAt = (url: string, signal = new AbortController().signal) =>
  worldServer(url, { signal, wait: () => Promise.reject(new Error('busy')) });

/** Answers each request with one feature; keeps what it was asked and told. */
function elsewherePolicy() {
  const told: { asked: PageRequest[]; subjects: SubjectRecord[]; events: Event[] } = { asked: [], subjects: [], events: [] };
  const policy: Policy = {
    name: 'elsewhere',
    pages(requests) {
      told.asked.push(...requests);
      return requests.map(({ surface }) => ({
        items: [{ kind: 'feature', id: surface, propensity: 0.5 }],
        modelVersion: null,
        experiments: null,
      }));
    },
    observe: (events) => void told.events.push(...events),
    learnSubjects: (subjects) => void told.subjects.push(...subjects),
  };
  return { policy, told };
}

const request = (userId: string, fields: Partial<PageRequest> = {}): PageRequest => ({
  requestId: `r-${userId}`,
  userId,
  timeMs: 1_000,
  surface: 'feed',
  count: 6,
  query: null,
  about: null,
  ...fields,
});

const idsOf = (page: Page) => page.items.map(({ kind, id }) => `${kind}:${id}`);

test('a feed is what the server recommends, in its order, without what names no subject', async () => {
  const { url } = await postServer();
  const policy = createHttpPolicy({ server: serverAt(url), elsewhere: elsewherePolicy().policy });
  // The last item of user-1 is item 4, of user-0 item 0.
  const [first, second] = await policy.pages([request('user-1'), request('user-0')]);
  expect(idsOf(first!)).toEqual(['content:item-5', 'content:item-6', 'content:item-7', 'content:item-8']);
  expect(first!.items.every(({ propensity }) => propensity === 1)).toBe(true);
  expect(first!.modelVersion).toBe('ring@r1');
  expect(idsOf(second!)).toEqual(['content:item-1', 'content:item-2', 'content:item-4', 'content:item-5']);
});

test('its last places go to the newest living posts that are not on it yet; the same request gets the same ones', async () => {
  const { url } = await postServer();
  const { policy: elsewhere, told } = elsewherePolicy();
  const policy = createHttpPolicy({ server: serverAt(url), elsewhere });
  const subjects = [
    ...['new-1', 'new-2', 'new-3', 'item-5', 'gone'].map((id) => someSubject(id)),
    someSubject('gone', { lifecycle: 'retired' }),
    someSubject('spot', { kind: 'feature' }),
  ];
  policy.learnSubjects!(subjects);
  expect(told.subjects).toEqual(subjects);
  const requests = Array.from({ length: 20 }, (_, at) => request('user-1', { requestId: `r${at}` }));
  const pages = await policy.pages(requests);
  const seen = new Set<string>();
  for (const page of pages) {
    const ids = idsOf(page);
    expect(ids.slice(0, 4)).toEqual(['content:item-5', 'content:item-6', 'content:item-7', 'content:item-8']);
    expect(new Set(ids).size).toBe(6);
    for (const { id, propensity } of page.items.slice(4)) {
      seen.add(id);
      expect(propensity).toBe(2 / 4);
    }
  }
  expect([...seen].toSorted()).toEqual(['new-1', 'new-2', 'new-3']);
  expect(await policy.pages(requests)).toEqual(pages);
});

test('only the latest hundred posts are fresh', async () => {
  const { url } = await postServer();
  const policy = createHttpPolicy({ server: serverAt(url), elsewhere: elsewherePolicy().policy, freshPlaces: 6 });
  policy.learnSubjects!(Array.from({ length: 150 }, (_, at) => someSubject(`new-${at}`)));
  const pages = await policy.pages(Array.from({ length: 60 }, (_, at) => request('user-1', { requestId: `r${at}` })));
  for (const { id } of pages.flatMap(({ items }) => items)) expect(Number(id.slice(4))).toBeGreaterThanOrEqual(50);
});

test('other surfaces are decided elsewhere; pages come back in the order of the requests', async () => {
  const { url } = await postServer();
  const { policy: elsewhere, told } = elsewherePolicy();
  const policy = createHttpPolicy({ server: serverAt(url), elsewhere, requestsMax: 2 });
  const surfaces = ['feed', 'search', 'feed', 'instrument-page', 'feed'];
  const pages = await policy.pages(surfaces.map((surface, at) => request(`user-${at}`, { surface })));
  expect(told.asked.map(({ surface }) => surface)).toEqual(['search', 'instrument-page']);
  expect(pages.map(({ items }) => items[0]!.kind)).toEqual(['content', 'feature', 'content', 'feature', 'content']);
  expect([idsOf(pages[1]!), idsOf(pages[3]!)]).toEqual([['feature:search'], ['feature:instrument-page']]);
  const events = [someEvent('e1')];
  policy.observe!(events);
  expect(told.events).toEqual(events);
});

test('users that the server has never seen get a page too', async () => {
  const { url } = await postServer();
  const policy = createHttpPolicy({ server: serverAt(url), elsewhere: elsewherePolicy().policy });
  const [page] = await policy.pages([request('nobody')]);
  expect(page!.items.length).toBeGreaterThan(2);
});

test('a server that is gone or refuses ends it with WORLD_SERVER, its address and the reason', async () => {
  const server = await postServer();
  const policy = createHttpPolicy({ server: serverAt(server.url), elsewhere: elsewherePolicy().policy });
  await expect(policy.pages([request('user-1', { count: 100_000 })])).rejects.toMatchObject({
    code: 'WORLD_SERVER',
    message: expect.stringMatching(/it answered 400/),
    fields: { url: server.url },
  });
  await server.close();
  servers.length = 0;
  await expect(policy.pages([request('user-1')])).rejects.toMatchObject({ code: 'WORLD_SERVER' });
});

test('the wish to stop comes out as its reason, not as a fault of the server', async () => {
  const { url } = await postServer();
  const controller = new AbortController();
  const policy = createHttpPolicy({ server: serverAt(url, controller.signal), elsewhere: elsewherePolicy().policy });
  controller.abort(new Error('Ctrl-C'));
  await expect(policy.pages([request('user-1')])).rejects.toThrow(/^Ctrl-C$/);
});
