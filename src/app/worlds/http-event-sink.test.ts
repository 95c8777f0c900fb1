import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { createMemoryEventLog } from '../../data/events/memory-event-log.ts';
import { someEvent } from '../../data/events/some-event.fixture.ts';
import { startServer } from '../server/server.fixture.ts';
import { sendEvents } from './http-event-sink.ts';
import { worldServer } from './world-server.ts';

const closes: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closes.splice(0)) await close();
});

const eventsOf = (count: number) => Array.from({ length: count }, (_, at) => someEvent(`e${at}`, { timeMs: Date.now() - 60_000 + at }));

async function logServer() {
  const log = createMemoryEventLog();
  const { url, close } = await startServer({ events: { log } });
  closes.push(close, () => log.close());
  return { url, log };
}

/** A server that answers with these, one after the other, and keeps the bodies that it was sent. */
async function stubServer(answers: readonly { readonly status: number; readonly retryAfter?: string }[]) {
  const bodies: string[] = [];
  const answer = async (message: IncomingMessage, response: ServerResponse) => {
    const body = await text(message);
    const { status, retryAfter } = answers[bodies.length]!;
    bodies.push(body);
    if (retryAfter !== undefined) response.setHeader('retry-after', retryAfter);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(status === 200 ? { accepted: JSON.parse(body).events.length } : { error: { code: 'LOG_BUSY' } }));
  };
  const server = createHttpServer((message, response) => void answer(message, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closes.push(() => new Promise((resolve) => server.close(resolve)));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies };
}

/** Time that does not pass, but is written down. */
function waits() {
  const waited: number[] = [];
  const wait = async (ms: number) => void waited.push(ms);
  return { waited, context: { signal: new AbortController().signal, wait } };
}

test('events of any number arrive once, in order; the time of receipt is the server’s', async () => {
  const { url, log } = await logServer();
  const events = eventsOf(1_203);
  expect(await sendEvents(worldServer(url, waits().context), events)).toEqual({ sent: 1_203, accepted: 1_203 });
  const stored = [];
  for await (const batch of log.read(0)) stored.push(...batch.events);
  expect(stored.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
  const { receivedTimeMs, ...rest } = stored[7]!;
  expect({ ...rest, receivedTimeMs: events[7]!.receivedTimeMs }).toEqual(events[7]);
  expect(receivedTimeMs).toBeGreaterThan(events[7]!.receivedTimeMs);
});

test('sending again stores nothing twice', async () => {
  const { url, log } = await logServer();
  const events = eventsOf(600);
  await sendEvents(worldServer(url, waits().context), events.slice(0, 300));
  expect(await sendEvents(worldServer(url, waits().context), events)).toEqual({ sent: 600, accepted: 300 });
  expect((await log.statistics()).events).toBe(600);
});

test('where the server is busy, the same batch comes again after the time that it names', async () => {
  const { url, bodies } = await stubServer([
    { status: 429, retryAfter: '3' },
    { status: 503 },
    { status: 429, retryAfter: 'Wed, 21 Oct 2026 07:28:00 GMT' },
    { status: 200 },
    { status: 200 },
  ]);
  const { waited, context } = waits();
  expect(await sendEvents(worldServer(url, context), eventsOf(501))).toEqual({ sent: 501, accepted: 501 });
  expect(waited).toEqual([3_000, 1_000, 1_000]);
  expect(new Set(bodies.slice(0, 4)).size).toBe(1);
  expect(JSON.parse(bodies[4]!).events).toHaveLength(1);
});

test('it gives up after five times, and at once where the server says no', async () => {
  const busy = await stubServer(Array.from({ length: 5 }, () => ({ status: 429, retryAfter: '1' })));
  const { waited, context } = waits();
  await expect(sendEvents(worldServer(busy.url, context), eventsOf(1))).rejects.toMatchObject({
    code: 'WORLD_SERVER',
    message: expect.stringMatching(/429.*LOG_BUSY/),
  });
  expect(waited).toHaveLength(4);
  const { url } = await startServer().then((server) => (closes.push(server.close), server));
  await expect(sendEvents(worldServer(url, context), eventsOf(1))).rejects.toMatchObject({
    message: expect.stringMatching(/501.*EVENTS_OFF/),
  });
  await expect(sendEvents(worldServer('http://127.0.0.1:9', context), eventsOf(1))).rejects.toMatchObject({
    code: 'WORLD_SERVER',
    message: expect.stringMatching(/http:\/\/127\.0\.0\.1:9 did not answer \(.*(ECONNREFUSED|bad port)/),
  });
});

test('the wish to stop, while it waits too, comes out as its reason', async () => {
  const { url } = await stubServer([{ status: 429 }]);
  const controller = new AbortController();
  const wait = async () => controller.abort(new Error('Ctrl-C'));
  await expect(sendEvents(worldServer(url, { signal: controller.signal, wait }), eventsOf(1))).rejects.toThrow(/^Ctrl-C$/);
});
