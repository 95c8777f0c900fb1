import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import type { Logger } from '../../base/logger.ts';
import { silentLogger } from '../../base/logger.ts';
import type { Server } from './create-server.ts';
import type { RecommendationService } from './recommendation-service.ts';
import { gatedRanker, postRecommend, ringRanker, ringService, startServer } from './server.fixture.ts';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Resolves once the condition holds; the test's own time limit is its bound. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}

async function getJson(server: Server, path: string) {
  const response = await fetch(server.url + path);
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
}

describe('readiness', () => {
  it('listens while the model loads: healthy, not ready, and says so', async () => {
    let load: (service: RecommendationService) => void = () => {};
    const server = await startServer({ service: new Promise((resolve) => (load = resolve)) });
    expect(await getJson(server, '/healthz')).toMatchObject({ status: 200, body: { status: 'up' } });
    const early = await getJson(server, '/readyz');
    expect(early).toMatchObject({ status: 503, body: { error: { code: 'NOT_READY', phase: 'loading' } } });
    expect(early.headers.get('retry-after')).toBe('1');
    expect(await postRecommend(server, { userId: 'a' })).toMatchObject({ status: 503, body: { error: { code: 'NOT_READY' } } });
    load(ringService());
    await server.ready;
    expect(await getJson(server, '/readyz')).toMatchObject({
      status: 200,
      body: { status: 'ready', model: { name: 'ring', revision: 'r1' } },
    });
    await server.close();
  });

  it('stays up and not ready when the model cannot be loaded', async () => {
    const server = await startServer({ service: Promise.reject(new Error('no such file')) });
    await expect(server.ready).rejects.toThrow('no such file');
    expect((await getJson(server, '/healthz')).status).toBe(200);
    expect(await getJson(server, '/readyz')).toMatchObject({ status: 503, body: { error: { phase: 'failed' } } });
    await server.close();
  });
});

describe('faults', () => {
  it('answers a 500 that says nothing of the inside, and logs what happened under the same id', async () => {
    const logged: Record<string, unknown>[] = [];
    const logger: Logger = { ...silentLogger, error: (_, fields) => logged.push(fields ?? {}) };
    const ranker = { ...ringRanker(), score: () => Promise.reject(new Error('secret path /etc/model')) };
    const server = await startServer({ service: ringService({ ranker }), logger });
    await server.ready;
    const { status, body } = await postRecommend(server, { history: ['item-1'] });
    expect([status, body.error.code]).toEqual([500, 'INTERNAL']);
    expect(JSON.stringify(body)).not.toMatch(/secret|etc|at /);
    expect(logged).toMatchObject([{ requestId: body.error.requestId, error: { message: 'secret path /etc/model' } }]);
    expect((await postRecommend(server, { userId: 'nobody' })).status).toBe(200);
    await server.close();
  });

  it('fails only the poisoned request of a batch', async () => {
    const ring = ringRanker();
    const ranker = {
      ...ring,
      score: (batch: Parameters<typeof ring.score>[0]) => {
        const isPoisoned = batch.histories.some((history) => history.includes(13));
        return isPoisoned ? Promise.reject(new Error('poison')) : ring.score(batch);
      },
    };
    const server = await startServer({ service: ringService({ ranker }) });
    await server.ready;
    const histories = [['item-1'], ['item-13'], ['item-3'], ['item-4']];
    const answers = await Promise.all(histories.map((history) => postRecommend(server, { history, k: 1 })));
    expect(answers.map(({ status }) => status)).toEqual([200, 500, 200, 200]);
    expect(answers[3]!.body.items[0].itemId).toBe('item-5');
    await server.close();
  });

  it('sheds with Retry-After when the queue is full, and when the model is too slow', async () => {
    const { ranker, open, batches } = gatedRanker();
    const service = ringService({ ranker, batching: { queueLengthMax: 1, batchRowsMax: 1 } });
    const server = await startServer({ service });
    await server.ready;
    const first = postRecommend(server, { history: ['item-1'] });
    await until(() => batches.length === 1);
    const second = postRecommend(server, { history: ['item-2'] });
    await until(() => service.queueLength() === 1);
    const third = await postRecommend(server, { history: ['item-3'] });
    expect(third).toMatchObject({ status: 503, body: { error: { code: 'OVERLOADED', queueLengthMax: 1 } } });
    expect(third.headers.get('retry-after')).toBe('1');
    open();
    expect([(await first).status, (await second).status]).toEqual([200, 200]);
    await server.close();

    const hung = gatedRanker();
    const slow = await startServer({ service: ringService({ ranker: hung.ranker, batching: { deadlineMs: 1 } }) });
    await slow.ready;
    const late = await postRecommend(slow, { history: ['item-1'] });
    expect(late).toMatchObject({ status: 503, body: { error: { code: 'DEADLINE_EXCEEDED' } } });
    hung.open();
    await slow.close();
  });
});

describe('slow and vanished clients', () => {
  it('gives up on a request that does not arrive, headers or body', async () => {
    const server = await startServer({ receiveTimeoutMs: 20 });
    await server.ready;
    const headers = openSocket(server, 'GET /healthz HTTP/1.1\r\n');
    const body = openSocket(
      server,
      'POST /v1/recommend HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
    );
    expect(await headers.received).toMatch(/^HTTP\/1.1 408 [^]*REQUEST_TIMEOUT/);
    expect(await body.received).toMatch(/^HTTP\/1.1 408 [^]*REQUEST_TIMEOUT/);
    await server.close();
  });

  it('counts clients that leave, and does not call the model for those that still waited', async () => {
    const { ranker, open, batches } = gatedRanker();
    const service = ringService({ ranker, batching: { batchRowsMax: 1 } });
    const server = await startServer({ service });
    await server.ready;
    const stays = postRecommend(server, { history: ['item-1'] });
    await until(() => batches.length === 1);
    const body = '{"history":["item-2"]}';
    const head = 'POST /v1/recommend HTTP/1.1\r\nHost: a\r\nContent-Type: application/json';
    const leaver = connect(server.port, '127.0.0.1');
    leaver.write(`${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    await until(() => service.queueLength() === 1);
    leaver.destroy();
    const left = 'nisus_http_requests_total{route="/v1/recommend",method="POST",status="499"} 1\n';
    let metrics = '';
    while (!metrics.includes(left)) metrics = await (await fetch(`${server.url}/metrics`)).text();
    open();
    expect((await stays).status).toBe(200);
    expect((await postRecommend(server, { history: ['item-3'] })).status).toBe(200);
    expect(batches.map(({ histories }) => [...histories[0]!])).toEqual([[1], [3]]);
    await server.close();
  });
});

describe('close', () => {
  it('answers what is in flight and what was let in before, takes no new connection', async () => {
    const { ranker, open, batches } = gatedRanker();
    const service = ringService({ ranker });
    const server = await startServer({ service });
    await server.ready;
    const body = '{"history":["item-8"],"k":1}';
    const head = `POST /v1/recommend HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
    // Its body is still on the way when the server starts to close.
    const half = openSocket(server, `${head}\r\n\r\n${body.slice(0, 9)}`);
    const inFlight = [1, 2, 3].map((item) => postRecommend(server, { history: [`item-${item}`], k: 1 }));
    await until(() => batches.length > 0 && service.rowsInFlight() + service.queueLength() === 3);
    const closed = server.close({ deadlineMs: 60_000 });
    const isTaken = () =>
      fetch(`${server.url}/healthz`).then(
        () => true,
        () => false,
      );
    while (await isTaken()) await turn();
    half.write(body.slice(9));
    await until(() => service.rowsInFlight() + service.queueLength() === 4);
    open();
    const answers = await Promise.all(inFlight);
    expect(answers.map((answer) => [answer.status, answer.body.items[0].itemId])).toEqual([
      [200, 'item-2'],
      [200, 'item-3'],
      [200, 'item-4'],
    ]);
    expect(await half.received).toMatch(/^HTTP\/1.1 200 [^]*connection: close[^]*item-9/);
    expect(await closed).toMatchObject({ abandonedCount: 0 });
    expect(await server.close()).toBe(await closed);
  });

  it('says on open connections that it is no longer ready, and refuses new requests there', async () => {
    const { ranker, open, batches } = gatedRanker();
    const server = await startServer({ service: ringService({ ranker }) });
    await server.ready;
    const inFlight = postRecommend(server, { history: ['item-1'] });
    // Connections with half a request line are not idle, so they outlive the start of the close.
    const probe = openSocket(server, 'GET /readyz HTTP/1.1\r\n');
    const late = openSocket(server, 'POST /v1/recommend HTTP/1.1\r\n');
    await until(() => batches.length === 1);
    expect((await getJson(server, '/readyz')).status).toBe(200);
    const closed = server.close();
    probe.write('Host: a\r\n\r\n');
    late.write('Host: a\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n{"userId":"a"}');
    expect(await probe.received).toMatch(/^HTTP\/1.1 503 [^]*connection: close[^]*DRAINING/);
    expect(await late.received).toMatch(/^HTTP\/1.1 503 [^]*retry-after: 1[^]*DRAINING/);
    open();
    expect((await inFlight).status).toBe(200);
    expect(await closed).toMatchObject({ abandonedCount: 0 });
  });

  it('answers every connection that was made before it closed, and resets none', async () => {
    const server = await startServer();
    await server.ready;
    const head = 'POST /v1/recommend HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n';
    // Made in the kernel, not yet seen by the server: this very turn starts the close.
    const sockets = Array.from({ length: 300 }, () => openSocket(server, head));
    const closed = server.close();
    for (let turns = 0; turns < 5; turns++) await turn();
    for (const socket of sockets) socket.write('{"userId":"a"}');
    const answers = await Promise.all(sockets.map(({ received }) => received));
    for (const received of answers) expect(received).toMatch(/^HTTP\/1.1 503 [^]*connection: close[^]*DRAINING/);
    expect(await closed).toMatchObject({ abandonedCount: 0 });
  });

  it('cuts what is left at the deadline', async () => {
    const { ranker, batches } = gatedRanker();
    const server = await startServer({ service: ringService({ ranker }) });
    await server.ready;
    const stuck = postRecommend(server, { history: ['item-1'] });
    stuck.catch(() => {});
    await until(() => batches.length === 1);
    expect(await server.close({ deadlineMs: 5 })).toMatchObject({ abandonedCount: 1 });
    await expect(stuck).rejects.toThrow('fetch failed');
  });
});

/** A connection of its own that sends bytes as they stand and collects what comes back until it ends. */
function openSocket(server: Server, bytes: string) {
  const socket = connect(server.port, '127.0.0.1');
  socket.write(bytes);
  return { write: (more: string) => socket.write(more), received: text(socket) };
}

describe('documents', () => {
  it('describes itself in valid OpenAPI 3.1', async () => {
    const server = await startServer({ version: '1.2.3' });
    const { body } = await getJson(server, '/openapi.json');
    expect(await new Validator().validate(structuredClone(body))).toEqual({ valid: true });
    expect([body.openapi, body.info.version]).toEqual(['3.1.0', '1.2.3']);
    expect(Object.keys(body.paths).sort()).toEqual(['/healthz', '/metrics', '/readyz', '/v1/recommend']);
    const { post } = body.paths['/v1/recommend'];
    const schema = post.requestBody.content['application/json'].schema;
    expect(schema).toMatchObject({
      additionalProperties: false,
      oneOf: [{ required: ['userId'] }, { required: ['history'] }],
      properties: { k: { default: 10, minimum: 1, maximum: 1000 }, history: { maxItems: 10_000 } },
    });
    expect(Object.keys(post.responses).sort()).toEqual(['200', '4XX', '5XX']);
    await server.close();
  });

  it('counts requests, recommendations and batches for Prometheus', async () => {
    const server = await startServer();
    await server.ready;
    await postRecommend(server, { history: ['item-1'] });
    await postRecommend(server, { userId: 'nobody' });
    await postRecommend(server, { nonsense: 1 });
    await fetch(`${server.url}/no-such-path-${Math.PI}`);
    const response = await fetch(`${server.url}/metrics`);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0.0.4/);
    const metrics = await response.text();
    for (const line of [
      'nisus_http_requests_total{route="/v1/recommend",method="POST",status="200"} 2',
      'nisus_http_requests_total{route="/v1/recommend",method="POST",status="400"} 1',
      'nisus_http_requests_total{route="none",method="GET",status="404"} 1',
      'nisus_http_request_duration_seconds_count{route="/v1/recommend",status="200"} 2',
      'nisus_recommendations_total{source="model",reason="none"} 1',
      'nisus_recommendations_total{source="popularity",reason="unknown-user"} 1',
      'nisus_batch_rows_sum 1',
      'nisus_batch_cells_total{kind="filled"} 1',
      'nisus_http_requests_in_flight 1',
      'nisus_queue_length 0',
      'nisus_ready 1',
      'nisus_model_info{name="ring",revision="r1"} 1',
    ]) {
      expect(metrics).toContain(`${line}\n`);
    }
    expect(metrics).toMatch(/nodejs_eventloop_lag_seconds \d/);
    expect(metrics).toMatch(/process_cpu_seconds_total \d/);
    await server.close();
  });
});
