import type { FastifyInstance } from 'fastify';
import { errorResponseSchema, recommendRequestSchema, recommendResponseSchema, toWireSchema } from './recommend-schema.ts';
import type { RecommendRequest } from './recommend-schema.ts';
import type { ServerMetrics } from './server-metrics.ts';
import { refuseUnread } from './refuse-unread.ts';
import { readyService } from './server-state.ts';
import type { NotReadyError, ServerState } from './server-state.ts';

/** `POST /v1/recommend`: the body is checked against the schema before the handler sees it. */
export function registerRecommendRoute(app: FastifyInstance, state: ServerState, metrics: ServerMetrics): void {
  const errors = toWireSchema(errorResponseSchema, 'output');
  app.post<{ Body: RecommendRequest }>('/v1/recommend', {
    schema: {
      summary: 'Recommend items to a user or for a history',
      operationId: 'recommend',
      tags: ['recommendation'],
      body: toWireSchema(recommendRequestSchema, 'input'),
      response: {
        200: { description: 'Items, best first.', ...toWireSchema(recommendResponseSchema, 'output') },
        '4xx': { description: 'The request has to be changed; `error` says where.', ...errors },
        '5xx': { description: 'Not now (503, see `Retry-After`) or a fault of the server (500).', ...errors },
      },
    },
    // Asked when the request arrives, before its body is read: what was let in is answered, even while draining.
    onRequest(request, _reply, done) {
      try {
        readyService(state);
        done();
      } catch (error) {
        refuseUnread(request, error as NotReadyError, done);
      }
    },
    async handler(request) {
      const { socket } = request.raw;
      const recommendation = await state.service!.recommend(request.body, () => socket.destroyed);
      metrics.observeRecommendation(recommendation);
      return { requestId: request.id, ...recommendation };
    },
  });
}
