import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { Random } from '../../base/random.ts';
import { answerBrokenRequest } from './broken-request.ts';
import { waitForAcceptedConnections } from './closing-grace.ts';
import { toErrorAnswer } from './error-answer.ts';
import { createEventIntake } from './event-intake.ts';
import type { EventIntakeOptions } from './event-intake.ts';
import { createEventMetrics } from './event-metrics.ts';
import { registerEventsRoutes, registerNoEventsRoutes } from './events-route.ts';
import { registerOpenApi } from './openapi.ts';
import { registerOperationsRoutes } from './operations-routes.ts';
import { registerRecommendRoute } from './recommend-route.ts';
import type { RecommendationService } from './recommendation-service.ts';
import { acceptJsonOnly, answerErrors, observeRequests, refuseEarly, sendError } from './request-guards.ts';
import { createServerMetrics } from './server-metrics.ts';
import type { ServerMetrics } from './server-metrics.ts';
import type { ServerState } from './server-state.ts';

export interface ServerOptions {
  /** What is served. A promise lets the server listen (and say 503) while the model is loading. */
  readonly service: RecommendationService | Promise<RecommendationService>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where the ids of requests come from. */
  readonly random: Random;
  /** Where `POST /v1/events` puts events. @default none: the route answers 501 */
  readonly events?: EventIntakeOptions;
  /** @default '127.0.0.1' */
  readonly host?: string;
  /** @default 0: any free port */
  readonly port?: number;
  /** Version of Nisus in the OpenAPI document. @default '0.0.0' */
  readonly version?: string;
  /** Bytes of a request's body, at most; a larger one is a 413. @default 1048576 */
  readonly bodyBytesMax?: number;
  /** Bytes of a request's headers, at most; larger ones are a 431. @default 16384 */
  readonly headerBytesMax?: number;
  /** How long a client may take to send a request; a slower one gets a 408. @default 30000 */
  readonly receiveTimeoutMs?: number;
  /** How long an idle connection is kept. @default 72000 */
  readonly keepAliveTimeoutMs?: number;
  /** Open connections, at most; one more is closed at once. @default 10000 */
  readonly connectionsMax?: number;
}

/** How a server ended. */
export interface CloseReport {
  /** Requests whose connection was cut at the deadline. */
  readonly abandonedCount: number;
  readonly durationMs: number;
}

/** A server that listens. */
export interface Server {
  /** For example `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly port: number;
  /** Resolves when the model is loaded; rejects with what kept it from being loaded. */
  readonly ready: Promise<void>;
  /**
   * Ends the server: `/readyz` says 503, requests in flight get their answers, new ones a 503 that ends their
   * connection. Once no new connection has come for some 100 ms, after a second at the latest, none is taken any more;
   * when everything is answered, the service is closed. At the deadline, what is still open is cut. Calling it again
   * returns the same promise.
   *
   * @param options.deadlineMs default 10000
   */
  close(options?: { deadlineMs?: number }): Promise<CloseReport>;
}

/**
 * Starts the HTTP server of Nisus.
 *
 * `POST /v1/recommend`, `POST /v1/events` (with a log), `GET /v1/events/statistics`, `/healthz`, `/readyz`, `/metrics`,
 * `/openapi.json`. Bad input is a 4xx with
 * `{error: {code, message, requestId, field?, …}}`; overload, loading and draining are a 503 with `Retry-After`.
 *
 * @throws what `listen` throws, for example EADDRINUSE
 */
export async function createServer(options: ServerOptions): Promise<Server> {
  const { clock, logger } = options;
  const state: ServerState = { phase: 'loading', service: undefined, requestsInFlight: 0 };
  const app = buildApp(options);
  const metrics = createServerMetrics({
    requestsInFlight: () => state.requestsInFlight,
    queueLength: () => state.service?.queueLength() ?? 0,
    rowsInFlight: () => state.service?.rowsInFlight() ?? 0,
    isReady: () => state.phase === 'ready',
  });
  const guards = { state, metrics, clock, logger, bodyBytesMax: bodyBytesMaxOf(options) };
  acceptJsonOnly(app);
  observeRequests(app, guards);
  refuseEarly(app);
  answerErrors(app, guards);
  await registerOpenApi(app, options.version ?? '0.0.0');
  registerRecommendRoute(app, state, metrics);
  registerOperationsRoutes(app, state, metrics);
  if (options.events === undefined) registerNoEventsRoutes(app);
  else {
    const observer = createEventMetrics(metrics.registry);
    await registerEventsRoutes(app, state, options.events.log, createEventIntake(options.events, { clock, logger, observer }));
  }

  const ready = takeService(options, state, metrics);
  // Whoever does not ask for `ready` reads it from /readyz and the log.
  ready.catch(() => {});

  const url = await app.listen({ host: options.host ?? '127.0.0.1', port: options.port ?? 0 });
  const { port } = app.server.address() as AddressInfo;
  logger.info('server-listening', { url });
  let closed: Promise<CloseReport> | undefined;
  return {
    url,
    port,
    ready,
    close({ deadlineMs = 10_000 } = {}) {
      closed ??= closeServer(app, state, options, deadlineMs);
      return closed;
    },
  };
}

async function takeService({ service, logger }: ServerOptions, state: ServerState, metrics: ServerMetrics): Promise<void> {
  try {
    const loaded = await service;
    loaded.observeBatches((event) => metrics.observeBatch(event));
    metrics.setModel(loaded.model);
    state.service = loaded;
    if (state.phase === 'loading') state.phase = 'ready';
  } catch (error) {
    if (state.phase === 'loading') state.phase = 'failed';
    logger.error('model-load-failed', { error });
    throw error;
  }
}

function buildApp(options: ServerOptions): FastifyInstance {
  const { random } = options;
  const receiveTimeoutMs = options.receiveTimeoutMs ?? 30_000;
  const app = fastify({
    bodyLimit: bodyBytesMaxOf(options),
    requestTimeout: receiveTimeoutMs,
    keepAliveTimeout: options.keepAliveTimeoutMs ?? 72_000,
    // The guards answer while draining, with the reason and a Retry-After.
    return503OnClosing: false,
    http: {
      maxHeaderSize: options.headerBytesMax ?? 16_384,
      requestTimeout: receiveTimeoutMs,
      // Left at its default of 60 s, the longer one would take the place of the shorter.
      headersTimeout: receiveTimeoutMs,
      // How often Node.js looks for requests past their time; its default of 30 s would double the time allowed.
      connectionsCheckingInterval: Math.min(receiveTimeoutMs, 5000),
    },
    // Coercion and removal would turn a wrong request into another one, instead of saying what is wrong with it.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: true, allErrors: false } },
    // The JSON parser keeps `__proto__` as a plain key, which the schema refuses by name.
    onProtoPoisoning: 'ignore',
    onConstructorPoisoning: 'ignore',
    genReqId: (request) => readRequestId(request.headers['x-request-id']) ?? newRequestId(random),
    frameworkErrors: (error, request, reply) => sendError(request, reply, toErrorAnswer(error, { bodyBytesMax: 0 })),
    clientErrorHandler: answerBrokenRequest,
  });
  app.server.maxConnections = options.connectionsMax ?? 10_000;
  return app;
}

async function closeServer(
  app: FastifyInstance,
  state: ServerState,
  { clock, logger }: ServerOptions,
  deadlineMs: number,
): Promise<CloseReport> {
  const startMs = clock.monotonicMs();
  state.phase = 'draining';
  let abandonedCount = 0;
  let isLate = false;
  let deadline: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    deadline = setTimeout(() => {
      isLate = true;
      abandonedCount = state.requestsInFlight;
      app.server.closeAllConnections();
      resolve();
    }, deadlineMs);
  });
  const drained = waitForAcceptedConnections(app.server, () => isLate)
    .then(() => app.close())
    .then(() => state.service?.close());
  await Promise.race([drained, late]);
  clearTimeout(deadline);
  // Cut connections end at once, and with them the listener; only a model that hangs is not waited for.
  await app.close();
  const report = { abandonedCount, durationMs: clock.monotonicMs() - startMs };
  logger.info('server-closed', { ...report });
  return report;
}

function bodyBytesMaxOf(options: ServerOptions): number {
  return options.bodyBytesMax ?? 1_048_576;
}

/** A caller's own id is kept (it joins logs across services) where it is short and plain. */
function readRequestId(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && /^[\w.:-]{1,128}$/.test(header) ? header : undefined;
}

function newRequestId(random: Random): string {
  return [random.uint32(), random.uint32()].map((word) => word.toString(16).padStart(8, '0')).join('');
}
