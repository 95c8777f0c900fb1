import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { errorResponseSchema, toWireSchema } from './recommend-schema.ts';
import type { ServerMetrics } from './server-metrics.ts';
import { readyService } from './server-state.ts';
import type { ServerState } from './server-state.ts';

const statusSchema = z.strictObject({ status: z.string() });
const readySchema = z.strictObject({
  status: z.literal('ready'),
  model: z.strictObject({ name: z.string(), revision: z.string() }),
});

/** `GET /healthz`, `/readyz` and `/metrics`: what an orchestrator and a monitor ask. */
export function registerOperationsRoutes(app: FastifyInstance, state: ServerState, metrics: ServerMetrics): void {
  const tags = ['operations'];
  app.get('/healthz', {
    schema: {
      summary: 'Whether the process is up',
      operationId: 'health',
      tags,
      response: { 200: { description: 'It is.', ...toWireSchema(statusSchema, 'output') } },
    },
    handler: async () => ({ status: 'up' }),
  });
  app.get('/readyz', {
    schema: {
      summary: 'Whether requests can be served',
      operationId: 'readiness',
      tags,
      response: {
        200: { description: 'The model is loaded.', ...toWireSchema(readySchema, 'output') },
        503: {
          description: 'The model is still loading, could not be loaded, or the server is shutting down.',
          ...toWireSchema(errorResponseSchema, 'output'),
        },
      },
    },
    handler: async () => ({ status: 'ready', model: readyService(state).model }),
  });
  app.get('/metrics', {
    schema: {
      summary: 'Metrics in the Prometheus text format',
      operationId: 'metrics',
      tags,
      response: { 200: { description: 'Metrics.', content: { 'text/plain': { schema: { type: 'string' } } } } },
    },
    async handler(_, reply) {
      const text = await metrics.collect();
      return reply.header('content-type', metrics.contentType).serializer(String).send(text);
    },
  });
}
