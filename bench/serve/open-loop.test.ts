import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { runOpenLoop } from './open-loop.ts';

async function withServer<Result>(listener: RequestListener, use: (url: string) => Promise<Result>): Promise<Result> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/recommend`);
  } finally {
    server.close();
  }
}

const plan = { bodies: ['{"userId":"1"}', '{"userId":"2"}'], k: 1, connectionsMax: 8, timeoutMs: 10_000 };
const good = '{"items":[1]}';

describe('runOpenLoop', () => {
  it('sends every request once, the bodies in turn, and measures each', async () => {
    const received: string[] = [];
    const arrivalsMs = Float64Array.from({ length: 40 }, (_, at) => at);
    const result = await withServer(
      (request, response) => {
        request.on('data', (chunk) => received.push(String(chunk))).on('end', () => response.end(good));
      },
      (url) => runOpenLoop({ ...plan, url, arrivalsMs }),
    );
    expect(result.latenciesMs.length).toBe(40);
    expect(result.errors).toEqual({});
    expect(received.filter((body) => body === plan.bodies[0]).length).toBe(20);
    expect([...result.latenciesMs]).toEqual([...result.latenciesMs].sort((left, right) => left - right));
  });

  it('counts waiting for a held-up server from the intended time (no coordinated omission)', async () => {
    // One connection; the server holds the first answer until all of the schedule has passed. Whoever times from the
    // actual send would see one slow request and nine fast ones; from the intended time, all of them waited.
    const arrivalsMs = Float64Array.from({ length: 10 }, (_, at) => at * 2);
    const holdMs = 200;
    let isFirst = true;
    const result = await withServer(
      (request, response) => {
        request.resume();
        if (isFirst) setTimeout(() => response.end(good), holdMs);
        else response.end(good);
        isFirst = false;
      },
      (url) => runOpenLoop({ ...plan, url, arrivalsMs, connectionsMax: 1 }),
    );
    expect(result.latenciesMs.length).toBe(10);
    // The last was due 18 ms after the first; timers may fire a millisecond early.
    expect(result.latenciesMs[0]).toBeGreaterThanOrEqual(holdMs - 18 - 1);
  });

  it('counts what was not answered well, by what was wrong', async () => {
    const answers: [number, string][] = [
      [200, good],
      [503, '{}'],
      [200, '{"items":[]}'],
      [200, good],
    ];
    let next = 0;
    const result = await withServer(
      (request, response) => {
        request.resume();
        const [status, body] = answers[next++]!;
        response.writeHead(status).end(body);
      },
      (url) => runOpenLoop({ ...plan, url, arrivalsMs: Float64Array.of(0, 0, 0, 0) }),
    );
    expect(result.latenciesMs.length).toBe(2);
    expect(result.errors).toEqual({ 'status 503': 1, '0 items': 1 });
    const refused = await runOpenLoop({ ...plan, url: 'http://127.0.0.1:1/x', arrivalsMs: Float64Array.of(0) });
    expect(refused.errors).toEqual({ ECONNREFUSED: 1 });
  });
});
