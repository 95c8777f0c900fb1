import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Server } from './create-server.ts';
import { requestLimits } from './recommend-schema.ts';
import { postRecommend, startServer } from './server.fixture.ts';

let server: Server;

beforeAll(async () => {
  server = await startServer({ bodyBytesMax: 20_000 });
  await server.ready;
});
afterAll(() => server.close());

/** Sends bytes over a socket of its own and reads all that comes back. */
async function sendBytes(bytes: string): Promise<string> {
  const socket = connect(server.port, '127.0.0.1');
  socket.end(bytes);
  return text(socket);
}

describe('bad input', () => {
  it.each<[string, unknown, number, object]>([
    ['malformed JSON', '{"userId":', 400, { code: 'BODY_MALFORMED' }],
    ['no body', '', 400, { code: 'BODY_EMPTY' }],
    ['null', 'null', 400, { code: 'FIELD_INVALID', field: 'body' }],
    ['an array', [], 400, { code: 'FIELD_INVALID', field: 'body' }],
    ['neither user nor history', {}, 400, { code: 'SUBJECT_MISSING' }],
    ['both', { userId: 'a', history: [] }, 400, { code: 'SUBJECT_AMBIGUOUS' }],
    ['an unknown field', { userId: 'a', limit: 3 }, 400, { code: 'FIELD_UNKNOWN', field: 'limit' }],
    ['a __proto__ key', '{"userId":"a","__proto__":{"k":1}}', 400, { code: 'FIELD_UNKNOWN', field: '__proto__' }],
    ['a constructor key', '{"userId":"a","constructor":{"prototype":1}}', 400, { code: 'FIELD_UNKNOWN' }],
    ['a duplicate key', '{"userId":"a","k":1,"k":2}', 400, { code: 'FIELD_DUPLICATE' }],
    ['deep nesting', `{"history":${'['.repeat(5000)}${']'.repeat(5000)}}`, 400, { code: 'BODY_TOO_DEEP' }],
    ['k as text', { userId: 'a', k: '3' }, 400, { code: 'FIELD_INVALID', field: 'k', rule: 'type' }],
    ['k of 0', { userId: 'a', k: 0 }, 400, { code: 'FIELD_INVALID', field: 'k', limit: 1 }],
    ['k of 1001', { userId: 'a', k: 1001 }, 400, { code: 'FIELD_INVALID', field: 'k', limit: 1000 }],
    ['k of 1.5', { userId: 'a', k: 1.5 }, 400, { code: 'FIELD_INVALID', field: 'k' }],
    ['k of 1e999', '{"userId":"a","k":1e999}', 400, { code: 'FIELD_INVALID', field: 'k' }],
    ['null for k', { userId: 'a', k: null }, 400, { code: 'FIELD_INVALID', field: 'k' }],
    ['a number as user', { userId: 7 }, 400, { code: 'FIELD_INVALID', field: 'userId' }],
    ['an empty user id', { userId: '' }, 400, { code: 'FIELD_INVALID', field: 'userId' }],
    ['a long user id', { userId: 'a'.repeat(257) }, 400, { code: 'FIELD_INVALID', field: 'userId', limit: 256 }],
    ['a number in history', { history: ['a', 7] }, 400, { code: 'FIELD_INVALID', field: 'history[1]' }],
    ['an entry without item', { history: [{ timeMs: 1 }] }, 400, { code: 'FIELD_MISSING', field: 'history[0].itemId' }],
    [
      'an unknown field in an entry',
      { history: ['a', { itemId: 'a', rating: 5 }] },
      400,
      { code: 'FIELD_UNKNOWN', field: 'history[1].rating' },
    ],
    ['a time as text', { history: [{ itemId: 'a', timeMs: 'now' }] }, 400, { code: 'FIELD_INVALID', field: 'history[0].timeMs' }],
    ['text for exclude', { userId: 'a', exclude: 'b' }, 400, { code: 'FIELD_INVALID', field: 'exclude' }],
    ['text for excludeSeen', { userId: 'a', excludeSeen: 'yes' }, 400, { code: 'FIELD_INVALID', field: 'excludeSeen' }],
    ['a huge body', { userId: 'a', exclude: ['x'.repeat(30_000)] }, 413, { code: 'BODY_TOO_LARGE', limitBytes: 20_000 }],
  ])('refuses %s', async (_, body, status, error) => {
    const answer = await postRecommend(server, body);
    expect(answer).toMatchObject({ status, body: { error } });
    expect(answer.body.error.message).toEqual(expect.any(String));
    expect(answer.body.error.requestId).toBe(answer.headers.get('x-request-id'));
  });

  it('refuses histories and exclusions beyond their limits, and takes those at the limit', async () => {
    const wide = await startServer();
    await wide.ready;
    const { historyLengthMax, excludeLengthMax } = requestLimits;
    const full = { history: Array.from({ length: historyLengthMax }, () => 'item-1') };
    expect((await postRecommend(wide, full)).body).toMatchObject({ historyLength: historyLengthMax });
    full.history.push('item-1');
    expect((await postRecommend(wide, full)).body.error).toMatchObject({ field: 'history', limit: historyLengthMax });
    const exclude = Array.from({ length: excludeLengthMax + 1 }, () => 'item-1');
    expect((await postRecommend(wide, { userId: 'a', exclude })).body.error).toMatchObject({ field: 'exclude' });
    await wide.close();
  });

  it('says back no more than a little of a huge field name', async () => {
    const { body } = await postRecommend(server, { ['x'.repeat(10_000)]: 1 });
    expect(body.error.field.length).toBeLessThan(120);
  });

  it.each([
    ['text/plain', {}],
    ['application/xml', {}],
    ['application/json; charset=latin1', {}],
    ['nonsense', {}],
    ['application/json', { 'content-encoding': 'gzip' }],
  ])('refuses the content type %s %j', async (contentType, headers) => {
    const answer = await postRecommend(server, '{"userId":"a"}', { 'content-type': contentType, ...headers });
    expect(answer).toMatchObject({ status: 415, body: { error: { code: 'CONTENT_TYPE_UNSUPPORTED' } } });
  });

  it('refuses bytes without a content type, and takes a charset of UTF-8', async () => {
    const bytes = await sendBytes('POST /v1/recommend HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}');
    expect(bytes).toMatch(/^HTTP\/1.1 415 [^]*CONTENT_TYPE_UNSUPPORTED/);
    const answer = await postRecommend(server, '{"userId":"a"}', { 'content-type': 'application/json; charset=UTF-8' });
    expect(answer.status).toBe(200);
  });

  it('refuses bytes that are not UTF-8', async () => {
    const bytes = new Blob([new TextEncoder().encode('{"userId":"'), Uint8Array.of(0xc3, 0x28), '"}']);
    expect((await postRecommend(server, bytes)).body.error.code).toBe('BODY_MALFORMED');
  });

  it('knows unknown paths from wrong methods, before it reads a body', async () => {
    const unknown = await fetch(`${server.url}/v2/recommend`, { method: 'POST', body: 'x'.repeat(50_000) });
    expect([unknown.status, await unknown.json()]).toMatchObject([404, { error: { code: 'ROUTE_UNKNOWN' } }]);
    const wrong = await fetch(`${server.url}/v1/recommend?x=1`);
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
    expect(await wrong.json()).toMatchObject({ error: { code: 'METHOD_NOT_ALLOWED', allow: 'POST' } });
    const posted = await fetch(`${server.url}/healthz`, { method: 'POST' });
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    const odd = await fetch(`${server.url}/%ff`);
    expect([odd.status, await odd.json()]).toMatchObject([400, { error: { code: 'URL_MALFORMED' } }]);
  });

  it('answers what is not HTTP, and headers that are too large, in the same form', async () => {
    expect(await sendBytes('nonsense\r\n\r\n')).toMatch(/^HTTP\/1.1 400 [^]*"code":"HTTP_MALFORMED"/);
    const headers = `GET /healthz HTTP/1.1\r\nHost: a\r\nX-Large: ${'x'.repeat(20_000)}\r\n\r\n`;
    expect(await sendBytes(headers)).toMatch(/^HTTP\/1.1 431 [^]*"code":"HEADERS_TOO_LARGE"/);
  });

  it('never answers a 5xx, whatever the body', async () => {
    const key = fc.constantFrom('userId', 'history', 'k', 'exclude', 'excludeSeen', 'itemId', 'timeMs', '__proto__', 'x');
    const id = fc.constantFrom('user-1', 'item-1', 'item-2', '', '\u0000', '\ud800', '__proto__', 'x'.repeat(300));
    const leaf = fc.oneof(id, fc.integer({ min: -2, max: 1002 }), fc.double(), fc.boolean(), fc.constant(null));
    const { body } = fc.letrec((tie) => ({
      body: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('body'), { maxLength: 4 }), tie('record')),
      record: fc.dictionary(key, tie('body'), { maxKeys: 5 }),
    }));
    // Near misses of a valid request reach further in than noise does.
    const near = fc.record(
      {
        userId: leaf,
        history: fc.array(fc.oneof(id, fc.record({ itemId: id, timeMs: leaf }, { requiredKeys: [] })), { maxLength: 5 }),
        k: fc.oneof(fc.integer({ min: 1, max: 1000 }), leaf),
        exclude: fc.array(id, { maxLength: 3 }),
        excludeSeen: fc.oneof(fc.boolean(), leaf),
      },
      { requiredKeys: [] },
    );
    const valid = fc.record(
      { history: fc.array(id.filter((text) => text !== '' && text.length < 256)), k: fc.integer({ min: 1, max: 1000 }) },
      { requiredKeys: ['history'] },
    );
    const asText = fc.oneof(body, near, valid, fc.jsonValue()).map((value) => JSON.stringify(value) ?? '');
    const seen = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(fc.oneof({ weight: 4, arbitrary: asText }, fc.json(), fc.string()), async (sent) => {
        const answer = await postRecommend(server, sent);
        seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
        if (answer.status === 200) expect(answer.body.items).toEqual(expect.any(Array));
        else {
          expect([400, 413]).toContain(answer.status);
          expect(answer.body.error).toMatchObject({ code: expect.stringMatching(/^[A-Z_]+$/) });
        }
      }),
      { numRuns: 600 },
    );
    // The property means something only where both sides of the border were met.
    expect(seen.get(200)).toBeGreaterThan(10);
    expect(seen.get(400)).toBeGreaterThan(100);
  });
});
