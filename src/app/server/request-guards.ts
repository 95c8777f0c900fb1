import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { answer, errorBody, toErrorAnswer, unsupportedContentType } from './error-answer.ts';
import type { ErrorAnswer } from './error-answer.ts';
import { parseJsonBody } from './json-body.ts';
import type { ServerMetrics } from './server-metrics.ts';
import type { ServerState } from './server-state.ts';

/** What stands between the socket and the routes. */
export interface RequestGuardOptions {
  readonly state: ServerState;
  readonly metrics: ServerMetrics;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly bodyBytesMax: number;
}

/** The one body that is read: JSON. Everything else is a 415. */
export function acceptJsonOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      done(null, parseJsonBody(body));
    } catch (error) {
      done(error as Error, undefined);
    }
  });
}

/** Counts each request and times it from its arrival to the end of its answer, or to the client's leaving. */
export function observeRequests(app: FastifyInstance, options: RequestGuardOptions): void {
  const { state, metrics, clock } = options;
  app.addHook('onRequest', (request, reply, done) => {
    const startMs = clock.monotonicMs();
    state.requestsInFlight++;
    void reply.header('x-request-id', request.id);
    // A connection that goes on keeping the server from closing has to end with its answer.
    if (state.phase === 'draining') void reply.header('connection', 'close');
    reply.raw.once('close', () => {
      state.requestsInFlight--;
      const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
      const status = reply.raw.writableFinished ? reply.raw.statusCode : 499;
      metrics.observeRequest(route, request.method, status, clock.monotonicMs() - startMs);
    });
    done();
  });
  app.addHook('onSend', (_, reply, payload, done) => {
    if (state.phase === 'draining') void reply.header('connection', 'close');
    done(null, payload);
  });
}

/**
 * 404 and 405 before a body is read, and 415 for one that would have to be decoded first. Call it before any route is
 * registered: it notes their methods.
 */
export function refuseEarly(app: FastifyInstance): void {
  const methodsByPath = new Map<string, string[]>();
  const methodsOf = (path: string) => methodsByPath.get(path) ?? [];
  app.addHook('onRoute', ({ url, method }) => {
    methodsByPath.set(url, [...methodsOf(url), ...(Array.isArray(method) ? method : [method])]);
  });
  app.addHook('onRequest', (request, reply, done) => {
    if (request.is404) sendError(request, reply, describeMiss(request, methodsOf));
    else if (isEncoded(request)) sendError(request, reply, unsupportedContentType());
    else done();
  });
  app.setNotFoundHandler((request, reply) => sendError(request, reply, describeMiss(request, methodsOf)));
}

/** Every error becomes an answer; those of the server's own making are logged with the id of the request. */
export function answerErrors(app: FastifyInstance, { logger, bodyBytesMax }: RequestGuardOptions): void {
  app.setErrorHandler((error, request, reply) => {
    const errorAnswer = toErrorAnswer(error, { bodyBytesMax });
    if (errorAnswer.status === 500) logger.error('request-failed', { requestId: request.id, error });
    sendError(request, reply, errorAnswer);
  });
}

/** Sends an error's body with its status and headers. */
export function sendError(request: FastifyRequest, reply: FastifyReply, error: ErrorAnswer): void {
  if (error.retryAfterSeconds !== null) void reply.header('retry-after', String(error.retryAfterSeconds));
  if (error.status === 405) void reply.header('allow', String(error.details['allow']));
  // What is left of a refused body is not worth reading.
  if (!request.raw.complete) void reply.header('connection', 'close');
  void reply
    .code(error.status)
    .header('content-type', 'application/json; charset=utf-8')
    .serializer((body: unknown) => JSON.stringify(body))
    .send(errorBody(error, request.id));
}

function describeMiss(request: FastifyRequest, methodsOf: (path: string) => readonly string[]): ErrorAnswer {
  const path = request.url.split('?', 1)[0]!;
  const methods = methodsOf(path);
  if (methods.length === 0) return answer(404, 'ROUTE_UNKNOWN', 'there is nothing at this path; see /openapi.json');
  const allow = methods.join(', ');
  return answer(405, 'METHOD_NOT_ALLOWED', `this path takes ${allow}`, { allow });
}

function isEncoded(request: FastifyRequest): boolean {
  const encoding = request.headers['content-encoding'];
  const charset = /charset="?([^";\s]+)/i.exec(request.headers['content-type'] ?? '')?.[1];
  return (
    (encoding !== undefined && encoding.toLowerCase() !== 'identity') ||
    (charset !== undefined && charset.toLowerCase() !== 'utf-8' && charset.toLowerCase() !== 'utf8')
  );
}
