import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../base/logger.ts';
import { someUser } from '../../data/catalog/catalog-records.fixture.ts';
import { createMemoryCatalog } from '../../data/catalog/memory-catalog.ts';
import type { Event } from '../../data/events/event.ts';
import type { EventLog } from '../../data/events/event-log.ts';
import { LogBusyError, LogWriteError } from '../../data/events/event-log-errors.ts';
import { createMemoryEventLog } from '../../data/events/memory-event-log.ts';
import { catalogUsers } from './catalog-users.ts';
import type { Server, ServerOptions } from './create-server.ts';
import { startServer, systemClock } from './server.fixture.ts';

let server: Server | undefined;
afterEach(() => server?.close());

async function start(log: EventLog = createMemoryEventLog(), options: Partial<ServerOptions> = {}): Promise<void> {
  server = await startServer({ events: { log }, ...options });
}

async function request(path: string, body?: unknown) {
  const init =
    body === undefined
      ? {}
      : {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: typeof body === 'string' || body instanceof Blob ? body : JSON.stringify(body),
        };
  const response = await fetch(server!.url + path, init);
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
}
const post = (body: unknown) => request('/v1/events', body);

/** A click of now, as a client writes it. */
function click(id: string, fields: Record<string, unknown> = {}) {
  return { id, userId: 'u', subject: { kind: 'content', id: 'post' }, action: 'click', timeMs: Date.now(), ...fields };
}

async function stored(log: EventLog): Promise<Event[]> {
  const events: Event[] = [];
  for await (const batch of log.read(0)) events.push(...batch.events);
  return events;
}

describe('POST /v1/events', () => {
  it('answers each event in order, and stores those that are sound', async () => {
    const log = createMemoryEventLog();
    await start(log);
    await post({ events: [click('known')] });
    const beforeMs = Date.now();
    const answer = await post({
      events: [
        click('a'),
        click('known'),
        click('old', { timeMs: 5 }),
        click('early', { timeMs: Date.now() + 3_600_000 }),
        click('bad', { action: 'clicked' }),
        click('b', { receivedTimeMs: 7 }),
        click('a'),
      ],
    });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ accepted: 2, duplicate: 2, tooLate: 1, inFuture: 1, invalid: 1 });
    expect(answer.body.requestId).toBe(answer.headers.get('x-request-id'));
    expect('unknownUsers' in answer.body).toBe(false);
    expect(answer.body.results).toEqual([
      { outcome: 'accepted' },
      { outcome: 'duplicate' },
      { outcome: 'too-late' },
      { outcome: 'in-future' },
      { outcome: 'invalid', reason: 'unknown-value', field: 'action', message: expect.stringContaining('"clicked"') },
      { outcome: 'accepted' },
      { outcome: 'duplicate' },
    ]);
    const events = await stored(log);
    expect(events.map(({ id }) => id)).toEqual(['known', 'a', 'b']);
    for (const { receivedTimeMs } of events.slice(1)) expect(receivedTimeMs).toBeGreaterThanOrEqual(beforeMs);
  });

  it('turns away the one event that nests too deep or has a key twice, at its place', async () => {
    const log = createMemoryEventLog();
    await start(log);
    const json = (id: string) => JSON.stringify(click(id));
    const deep = json('deep').replace('{', `{"x":${'['.repeat(100_000)}${']'.repeat(100_000)},`);
    const twice = json('twice').replace('"post"', '"post","id":"other"');
    const odd = json('odd').replace('{', '{"a,:[{":"]}\\",",');
    const { status, body } = await post(`{"events" : [${json('a')},${deep} ,\n${twice},5,${odd}, ${json('z')}]}`);
    expect(status).toBe(200);
    expect(body.results.map((result: { outcome: string; reason?: string }) => result.reason ?? result.outcome)).toEqual([
      'accepted',
      'too-deep',
      'duplicate-field',
      'not-an-object',
      'accepted',
      'accepted',
    ]);
    expect((await stored(log)).map(({ id }) => id)).toEqual(['a', 'odd', 'z']);
  });

  it('takes an empty batch and one of 1,000, and no more', async () => {
    await start();
    expect((await post({ events: [] })).body).toMatchObject({ accepted: 0, results: [] });
    const many = Array.from({ length: 1000 }, (_, at) => click(`e${at}`));
    expect((await post({ events: many })).body.accepted).toBe(1000);
    const one = await post({ events: [...many, click('x')] });
    expect(one).toMatchObject({ status: 413, body: { error: { code: 'BATCH_TOO_LARGE', field: 'events', eventsMax: 1000 } } });
  });

  it.each([
    [400, 'FIELD_MISSING', '{}'],
    [400, 'FIELD_INVALID', '{"events":{}}'],
    [400, 'FIELD_INVALID', '[{"id":"a"}]'],
    [400, 'FIELD_UNKNOWN', '{"events":[],"more":1}'],
    [400, 'FIELD_UNKNOWN', '{"__proto__":[],"events":[]}'],
    [400, 'FIELD_DUPLICATE', '{"events":[],"events":[]}'],
    [400, 'BODY_MALFORMED', '{"events":[{"id":"a"'],
    [400, 'BODY_MALFORMED', '{"events":[{"timeMs":NaN}]}'],
    [400, 'BODY_EMPTY', ''],
    [413, 'BODY_TOO_LARGE', `{"events":["${'x'.repeat(2000)}"]}`],
  ])('refuses what is no batch with %i %s: %s', async (status, code, body) => {
    await start(undefined, { bodyBytesMax: 2000 });
    expect(await post(body)).toMatchObject({ status, body: { error: { code, requestId: expect.any(String) } } });
  });

  it('refuses bytes that are not UTF-8', async () => {
    await start();
    const body = new Blob([JSON.stringify({ events: [click('a')] }).slice(0, -4), new Uint8Array([0xff]), '"}]}']);
    expect(await post(body)).toMatchObject({ status: 400, body: { error: { code: 'BODY_MALFORMED' } } });
  });

  it('says 429 while the log is busy and 503 while it fails, with Retry-After and without its insides', async () => {
    const failures = [new LogBusyError(99, 100), new LogWriteError('/var/secret', 'no space left')];
    const logged: unknown[] = [];
    const memory = createMemoryEventLog();
    const append: EventLog['append'] = async (events) => {
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      return memory.append(events);
    };
    await start({ ...memory, append }, { logger: { ...silentLogger, error: (message) => logged.push(message) } });
    const busy = await post({ events: [click('a')] });
    expect([busy.status, busy.body.error.code, busy.headers.get('retry-after')]).toEqual([429, 'LOG_BUSY', '1']);
    const broken = await post({ events: [click('a')] });
    expect([broken.status, broken.body.error.code, broken.headers.get('retry-after')]).toEqual([503, 'LOG_UNAVAILABLE', '5']);
    expect(JSON.stringify(broken.body)).not.toMatch(/secret|space/);
    expect(logged).toEqual(['events-not-stored']);
    expect((await post({ events: [click('a')] })).body.accepted).toBe(1);
    // Nothing sound in it: the log is not asked.
    expect((await post({ events: [7] })).body.invalid).toBe(1);
    expect(await (await fetch(`${server!.url}/metrics`)).text()).toContain(
      'nisus_event_append_duration_seconds_count{result="failed"} 2\n',
    );
  });

  it('accepts events of users that the catalog does not know, and counts them', async () => {
    const catalog = createMemoryCatalog({ clock: systemClock });
    await catalog.upsert([{ type: 'user', record: someUser('u') }]);
    const log = createMemoryEventLog();
    server = await startServer({ events: { log, knownUsers: catalogUsers(catalog) } });
    const events = [click('a'), click('b', { userId: 'new' }), click('c', { userId: 'new' }), click('d', { userId: 'bad', timeMs: -1 })];
    expect((await post({ events })).body).toMatchObject({ accepted: 3, invalid: 1, unknownUsers: 2 });
    await catalog.close();
    const unasked = await post({ events: [click('e')] });
    expect([unasked.status, unasked.body.accepted, 'unknownUsers' in unasked.body]).toEqual([200, 1, false]);
  });

  it('takes events while the model is loading or could not be loaded', async () => {
    await start(undefined, { service: Promise.reject(new Error('no model')) });
    expect((await post({ events: [click('a')] })).body.accepted).toBe(1);
  });

  it('says 501 where there is no log', async () => {
    server = await startServer();
    expect(await post({ events: [click('a')] })).toMatchObject({ status: 501, body: { error: { code: 'EVENTS_OFF' } } });
    expect(await request('/v1/events/statistics')).toMatchObject({ status: 501 });
  });

  it('refuses a batch that comes while the server closes', async () => {
    const memory = createMemoryEventLog();
    await start(memory);
    const socket = connect(server!.port, '127.0.0.1');
    // A connection with half a request line is not idle, so it outlives the start of the close.
    await new Promise<void>((sent) => socket.write('POST /v1/events HTTP/1.1\r\n', () => sent()));
    await request('/v1/events/statistics');
    const closed = server!.close();
    const body = JSON.stringify({ events: [click('a')] });
    socket.write(`Host: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    expect(await text(socket)).toMatch(/^HTTP\/1.1 503 [^]*connection: close[^]*DRAINING/);
    await closed;
    expect((await memory.statistics()).events).toBe(0);
  });

  it('answers a batch that is being written while the server closes', async () => {
    const memory = createMemoryEventLog();
    const [asked, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const append: EventLog['append'] = async (events) => {
      asked.resolve();
      await go.promise;
      return memory.append(events);
    };
    await start({ ...memory, append });
    const answer = post({ events: [click('a')] });
    await asked.promise;
    const closed = server!.close();
    go.resolve();
    expect((await answer).body.accepted).toBe(1);
    expect(await closed).toMatchObject({ abandonedCount: 0 });
    // The log is its owner's to close.
    expect((await memory.statistics()).events).toBe(1);
  });
});

describe('beside it', () => {
  it('tells what the log holds', async () => {
    await start();
    const timeMs = Date.now();
    expect((await request('/v1/events/statistics')).body).toMatchObject({ events: 0, firstTimeMs: null });
    await post({ events: [click('a', { timeMs }), click('a', { timeMs })] });
    expect(await request('/v1/events/statistics')).toMatchObject({
      status: 200,
      body: { events: 1, nextOffset: 1, firstTimeMs: timeMs, duplicates: 1, tooLate: 0, inFuture: 0, outOfOrder: 0 },
    });
  });

  it('counts by domain and by reason for Prometheus', async () => {
    await start();
    const session = click('s', { action: 'session-start', subject: null });
    await post({ events: [click('a'), click('b'), session, click('a'), 7, click('c', { action: 'x' }), click('d', { timeMs: 9e12 })] });
    const metrics = await (await fetch(`${server!.url}/metrics`)).text();
    for (const line of [
      'nisus_events_accepted_total{domain="content"} 2',
      'nisus_events_accepted_total{domain="outcome"} 1',
      'nisus_events_rejected_total{reason="duplicate"} 1',
      'nisus_events_rejected_total{reason="not-an-object"} 1',
      'nisus_events_rejected_total{reason="unknown-value"} 1',
      'nisus_events_rejected_total{reason="out-of-range"} 1',
      'nisus_event_append_duration_seconds_count{result="ok"} 1',
      'nisus_http_requests_total{route="/v1/events",method="POST",status="200"} 1',
    ]) {
      expect(metrics).toContain(`${line}\n`);
    }
  });

  it('describes the routes and an event in valid OpenAPI 3.1', async () => {
    await start();
    const { body } = await request('/openapi.json');
    expect(await new Validator().validate(structuredClone(body))).toEqual({ valid: true });
    const { schema } = body.paths['/v1/events'].post.requestBody.content['application/json'];
    expect(schema.properties.events).toMatchObject({
      maxItems: 1000,
      items: { properties: { action: { enum: expect.arrayContaining(['click']) } } },
    });
    expect(Object.keys(body.paths['/v1/events'].post.responses).sort()).toEqual(['200', '4XX', '5XX']);
    expect(body.paths['/v1/events/statistics'].get.operationId).toBe('eventStatistics');
  });
});
