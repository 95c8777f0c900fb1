import type { FastifyInstance } from 'fastify';
import { answer } from './error-answer.ts';
import type { EventFault } from './events-body.ts';
import { parseEventsBody } from './events-body.ts';
import type { EventIntake } from './event-intake.ts';
import type { EventLog } from '../../data/events/event-log.ts';
import { eventLimits, eventsRequestSchema, eventsResponseSchema, eventStatisticsSchema } from './events-schema.ts';
import { errorResponseSchema, toWireSchema } from './recommend-schema.ts';
import { refuseUnread } from './refuse-unread.ts';
import { sendError } from './request-guards.ts';
import { RequestRejectedError } from './request-rejected-error.ts';
import { NotReadyError } from './server-state.ts';
import type { ServerState } from './server-state.ts';

/**
 * `POST /v1/events` and `GET /v1/events/statistics`. Neither needs the model: events are taken while it is loading, and
 * where it could not be loaded.
 */
export async function registerEventsRoutes(app: FastifyInstance, state: ServerState, log: EventLog, intake: EventIntake): Promise<void> {
  const errors = toWireSchema(errorResponseSchema, 'output');
  const tags = ['events'];
  const faultsOf = new WeakMap<object, ReadonlyMap<number, EventFault>>();
  // A scope of its own: here a body is read event by event.
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
      try {
        const { value, faults } = parseEventsBody(body);
        if (typeof value === 'object' && value !== null) faultsOf.set(value, faults);
        done(null, value);
      } catch (error) {
        done(error as Error, undefined);
      }
    });
    scope.post<{ Body: { events: unknown[] } }>('/v1/events', {
      schema: {
        summary: 'Record what happened',
        operationId: 'recordEvents',
        tags,
        body: toWireSchema(eventsRequestSchema, 'input'),
        response: {
          200: {
            description: 'What became of each event; those accepted are on the disk.',
            ...toWireSchema(eventsResponseSchema, 'output'),
          },
          '4xx': {
            description: 'The body is not a batch of events (400), too large (413), or comes too fast (429, see `Retry-After`).',
            ...errors,
          },
          '5xx': { description: 'The events cannot be stored now (503, see `Retry-After`) or a fault of the server (500).', ...errors },
        },
      },
      onRequest(request, _reply, done) {
        if (state.phase === 'draining') refuseUnread(request, new NotReadyError('draining'), done);
        else done();
      },
      async handler(request) {
        const { events } = request.body;
        if (events.length > eventLimits.eventsMax) {
          const message = `the batch has ${events.length} events, ${eventLimits.eventsMax} is the most; send it in parts`;
          throw new RequestRejectedError(413, 'BATCH_TOO_LARGE', message, { field: 'events', eventsMax: eventLimits.eventsMax });
        }
        return { requestId: request.id, ...(await intake.take(events, faultsOf.get(request.body)!)) };
      },
    });
  });
  app.get('/v1/events/statistics', {
    schema: {
      summary: 'What the event log holds, and what it has turned away',
      operationId: 'eventStatistics',
      tags,
      response: {
        200: { description: 'Counts since the log was made.', ...toWireSchema(eventStatisticsSchema, 'output') },
        '5xx': { description: 'The log cannot be read now (503), or a fault of the server (500).', ...errors },
      },
    },
    handler: () => log.statistics(),
  });
}

/** Says of a server without a log that it has none: 501, for both paths. */
export function registerNoEventsRoutes(app: FastifyInstance): void {
  const error = answer(501, 'EVENTS_OFF', 'this server takes no events: it was started without an event log');
  for (const [method, url] of [
    ['POST', '/v1/events'],
    ['GET', '/v1/events/statistics'],
  ] as const) {
    app.route({
      method,
      url,
      schema: { hide: true },
      onRequest: (request, reply) => sendError(request, reply, error),
      handler: () => {},
    });
  }
}
